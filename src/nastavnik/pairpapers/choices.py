"""The papers of a pair: codes of their kinds in the register (`documents.paper_kinds`)."""

JOURNAL = "meeting_journal"
MONTHLY_WORD = "monthly_word"
MENTOR_REPORT = "mentor_report"
MENTEE_REPORT = "mentee_report"
CLOSING_TALK = "closing_talk"
RESIGNATION = "mentor_resignation"
PETITION = "mentee_petition"
AGREEMENT = "additional_agreement"

#: How many days both sides have for their final reports (method.md §3.4).
DAYS_FOR_REPORTS = 10
