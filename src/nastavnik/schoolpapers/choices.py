"""The papers of an organisation and its programme: codes of their kinds in the register (`documents.paper_kinds`)."""

INTRODUCTION = "introduction_order"
CURATOR = "curator_order"
GROUP = "working_group_order"
INCENTIVES = "incentive_order"
RESOURCES = "resources_order"
MOTIVATION = "motivation_order"
ACCESS = "access_order"
BODY_MINUTES = "body_minutes"
REGULATION = "regulation_paper"
PROGRAMME = "mentoring_programme"
TRAINING = "training_programme"
AGREEMENT = "partner_agreement"
FOR_TEACHERS = "text_for_teachers"
FOR_FAMILIES = "text_for_families"
FOR_PUPILS = "text_for_pupils"
NEWS = "site_news"

# kind → the fact of the roadmap it proves once it is registered
PROVES = {INTRODUCTION: "introduced_by", CURATOR: "curator_appointed", REGULATION: "regulation"}

# who meets, as minutes name it: nominative → genitive
BODIES = {
    "педагогический совет": "педагогического совета",
    "административное совещание": "административного совещания",
    "методический совет": "методического совета",
    "цикловая комиссия": "цикловой комиссии",
    "рабочая группа": "рабочей группы",
}
