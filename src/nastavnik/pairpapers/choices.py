"""The papers of a pair: codes of their kinds in the register (`documents.paper_kinds`)."""

JOURNAL = "meeting_journal"
MONTHLY_WORD = "monthly_word"

#: How many days both sides have for their final reports (method.md §3.4).
DAYS_FOR_REPORTS = 10
