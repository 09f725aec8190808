"""The papers of an organisation and its programme: codes of their kinds in the register (`documents.paper_kinds`)."""

INTRODUCTION = "introduction_order"
CURATOR = "curator_order"
GROUP = "working_group_order"
INCENTIVES = "incentive_order"
RESOURCES = "resources_order"
MOTIVATION = "motivation_order"
ACCESS = "access_order"
BODY_MINUTES = "body_minutes"

# kind → the fact of the roadmap it proves once it is registered
PROVES = {INTRODUCTION: "introduced_by", CURATOR: "curator_appointed"}

# who meets, as minutes name it: nominative → genitive
BODIES = {
    "педагогический совет": "педагогического совета",
    "административное совещание": "административного совещания",
    "методический совет": "методического совета",
    "цикловая комиссия": "цикловой комиссии",
    "рабочая группа": "рабочей группы",
}
