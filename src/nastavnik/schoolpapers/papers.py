"""The kinds of papers of an organisation and its programme, as the register asks for them (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from nastavnik.documents.paper_kinds import (
    Offer,
    PaperGroup,
    PaperKind,
    PaperOf,
    PaperQuestion,
    Reply,
)
from nastavnik.schoolpapers.choices import (
    ACCESS,
    AGREEMENT,
    BODIES,
    BODY_MINUTES,
    CURATOR,
    FOR_FAMILIES,
    FOR_PUPILS,
    FOR_TEACHERS,
    GROUP,
    INCENTIVES,
    INTRODUCTION,
    MOTIVATION,
    NEWS,
    PROGRAMME,
    PROVES,
    REGULATION,
    RESOURCES,
    TRAINING,
)
from nastavnik.schoolpapers.documents import (
    Extra,
    body_facts,
    composer,
    drawable,
    group_table,
    partner_choices,
    programme_facts,
    regulation_facts,
    training_facts,
)

_BY_WHOM = PaperQuestion(
    "answers_by",
    _("Who answers for it: full name, position"),
    hint=_("As it is to be printed: «Петрова Анна Ильинична, заместитель директора»."),
    is_needed=True,
)
_UNTIL = PaperQuestion("until", _("Until which day"), Reply.DAY, is_needed=True)
_CONTACT = PaperQuestion("contact", _("Whom to turn to: name, room, telephone"), is_needed=True)
_GROUND = PaperQuestion("ground", _("Ground of the order"), hint=_("Empty is not printed."))


def _kind(
    code: str,
    title: StrOrPromise,
    offer: Offer,
    questions: tuple[PaperQuestion, ...] = (),
    *,
    of: PaperOf = PaperOf.ORGANISATION,
    extra: Extra | None = None,
) -> PaperKind:
    return PaperKind(
        code=code,
        title=title,
        compose=composer(questions, extra),
        of=of,
        papers=drawable(code),
        questions=questions,
        offer=offer,
        proves=tuple(PROVES.get(code, "").split()),
    )


ORDERS = (
    _kind(
        INTRODUCTION,
        _("Order on introducing the model"),
        Offer(
            PaperGroup.ORDERS,
            _(
                "Takes the forms of the programme and the curator; asks from when, and until when the papers are drawn up."
            ),
            ("A01",),
        ),
        (
            PaperQuestion(
                "introduced_on",
                _("From which day the model is introduced"),
                Reply.DAY,
                is_needed=True,
            ),
            PaperQuestion(
                "papers_until",
                _("Until when regulation, programme and roadmap are drawn up"),
                Reply.DAY,
                is_needed=True,
            ),
            PaperQuestion(
                "site_by", _("Who answers for the page on the site: full name, position")
            ),
        ),
    ),
    _kind(
        CURATOR,
        _("Order appointing the curator"),
        Offer(
            PaperGroup.ORDERS,
            _("Takes the curator's account; asks the position and who stands in."),
            ("A02",),
        ),
        (
            PaperQuestion("curator_name", _("Whom, if not the curator of the site: full name")),
            PaperQuestion("curator_post", _("Position, as in «who?»"), is_needed=True),
            PaperQuestion(
                "stand_in", _("Who stands in when the curator is away: full name, position")
            ),
            _GROUND,
        ),
    ),
    _kind(
        GROUP,
        _("Order on the working group"),
        Offer(
            PaperGroup.ORDERS,
            _("Asks who is in it; a person from outside is written «по согласованию»."),
            ("A04",),
        ),
        (
            PaperQuestion("group_chair", _("Chair: full name, position"), is_needed=True),
            PaperQuestion("group_secretary", _("Secretary: full name, position")),
            PaperQuestion(
                "members",
                _("Members, one a line: full name, position"),
                Reply.LINES,
                hint=_("Who is not of your staff: «…, инженер АО «Завод» (по согласованию)»."),
                is_needed=True,
            ),
            PaperQuestion(
                "meets",
                _("How often it meets"),
                hint=_("As in «не реже …»: «одного раза в четверть». Empty is not printed."),
            ),
        ),
        extra=group_table,
    ),
    _kind(
        INCENTIVES,
        _("Order on incentives for mentors"),
        Offer(
            PaperGroup.ORDERS,
            _("Asks who is thanked, how and for what; names are printed as you write them."),
        ),
        (
            PaperQuestion(
                "rewarded",
                _("Whom and how, one a line"),
                Reply.LINES,
                hint=_(
                    "In the form it is to be printed: «Петрову Анну Ильиничну, учителя физики, – благодарностью»."
                ),
                is_needed=True,
            ),
            PaperQuestion(
                "paid_by_act",
                _(
                    "The act of your organisation on payments, if there are any: title, date, number"
                ),
            ),
            _GROUND,
        ),
    ),
    _kind(
        RESOURCES,
        _("Order on resources"),
        Offer(
            PaperGroup.ORDERS,
            _("Asks which rooms, equipment and staff are given, who answers, until when."),
            ("A14", "A15"),
        ),
        (
            PaperQuestion(
                "rooms", _("Rooms and equipment, one a line"), Reply.LINES, is_needed=True
            ),
            PaperQuestion(
                "materials", _("Methodical materials and access, one a line"), Reply.LINES
            ),
            _BY_WHOM,
            _UNTIL,
        ),
    ),
    _kind(
        MOTIVATION,
        _("Order on the system of motivation"),
        Offer(
            PaperGroup.ORDERS,
            _("Has measures of recognition; asks which you add, who answers, until when."),
            ("A17",),
        ),
        (
            PaperQuestion("measures", _("Measures of your own, one a line"), Reply.LINES),
            PaperQuestion(
                "paid_by_act",
                _(
                    "The act of your organisation on payments, if there are any: title, date, number"
                ),
            ),
            _BY_WHOM,
            _UNTIL,
        ),
    ),
    _kind(
        ACCESS,
        _("Order on access for special categories"),
        Offer(
            PaperGroup.ORDERS,
            _("Names no pupil; asks which measures you add, who answers, until when."),
            ("A16",),
        ),
        (
            PaperQuestion("measures", _("Measures of your own, one a line"), Reply.LINES),
            _BY_WHOM,
            _UNTIL,
        ),
    ),
)

MINUTES = _kind(
    BODY_MINUTES,
    _("Minutes of a council or group"),
    Offer(
        PaperGroup.MINUTES,
        _("Asks who met, the agenda, what was said and decided. Each press begins another one."),
        is_many=True,
    ),
    (
        PaperQuestion(
            "body",
            _("Who met"),
            Reply.CHOICE,
            choices=lambda _document: [(one, one) for one in BODIES],
            is_needed=True,
        ),
        PaperQuestion("held_on", _("Day of the meeting"), Reply.DAY, is_needed=True),
        PaperQuestion("chair", _("Chair: last name and initials"), is_needed=True),
        PaperQuestion("secretary", _("Secretary: last name and initials"), is_needed=True),
        PaperQuestion(
            "present",
            _("Who was there"),
            hint=_("«12 человек (список прилагается)» or names."),
            is_needed=True,
        ),
        PaperQuestion("agenda", _("Agenda, one a line"), Reply.LINES, is_needed=True),
        PaperQuestion("heard", _("Who was heard on what, one a line"), Reply.LINES),
        PaperQuestion("decided", _("What was decided, one a line"), Reply.LINES, is_needed=True),
        PaperQuestion(
            "votes",
            _("How it was voted"),
            hint=_("«за – 12, против – нет, воздержались – нет». Empty is not printed."),
        ),
    ),
    extra=body_facts,
)

RULES = (
    _kind(
        REGULATION,
        _("Regulation on the programme of mentoring"),
        Offer(
            PaperGroup.RULES,
            _(
                "Seven sections; takes forms and limits of the programme. Words of labour law only where staff mentor staff."
            ),
            ("A11",),
        ),
        (
            PaperQuestion(
                "adopted",
                _("Where it was adopted, if it was"),
                hint=_(
                    "«на заседании педагогического совета, протокол от … № …». Empty is not printed."
                ),
            ),
        ),
        of=PaperOf.PROGRAMME,
        extra=regulation_facts,
    ),
    _kind(
        PROGRAMME,
        _("Programme of mentoring"),
        Offer(
            PaperGroup.RULES,
            _(
                "Nine sections; takes forms, variants, partners and the approved roadmap; describes the five forms of the order."
            ),
            ("A12",),
        ),
        of=PaperOf.PROGRAMME,
        extra=programme_facts,
    ),
)

OTHERS = (
    _kind(
        TRAINING,
        _("Programme and schedule of training"),
        Offer(
            PaperGroup.TRAINING,
            _("Takes the courses for mentors with themes, days and leaders."),
            ("A39",),
        ),
        of=PaperOf.PROGRAMME,
        extra=training_facts,
    ),
    _kind(
        AGREEMENT,
        _("Agreement with a partner"),
        Offer(
            PaperGroup.PARTNERS,
            _(
                "Takes the name of the partner; asks who signs for it and the term. Each press begins another one."
            ),
            is_many=True,
        ),
        (
            PaperQuestion(
                "partner", _("Partner"), Reply.CHOICE, choices=partner_choices, is_needed=True
            ),
            PaperQuestion(
                "partner_head",
                _("Who signs for the partner: position, full name"),
                is_needed=True,
                hint=_("In the nominative: «директор Смирнов Иван Петрович»."),
            ),
            PaperQuestion(
                "valid_until", _("Until which day it is valid"), Reply.DAY, is_needed=True
            ),
            PaperQuestion("partner_does", _("What else the partner does, one a line"), Reply.LINES),
        ),
    ),
    _kind(
        FOR_TEACHERS,
        _("Text for teachers"),
        Offer(
            PaperGroup.TEXTS,
            _("Takes the forms; asks whom to turn to. Names nobody else."),
            ("A19",),
        ),
        (_CONTACT,),
    ),
    _kind(
        FOR_FAMILIES,
        _("Text for parents"),
        Offer(
            PaperGroup.TEXTS,
            _("Takes the forms; asks whom to turn to. Names nobody else."),
            ("A20",),
        ),
        (_CONTACT,),
    ),
    _kind(
        FOR_PUPILS,
        _("Text for pupils"),
        Offer(
            PaperGroup.TEXTS,
            _("In simple words; asks whom to turn to. Names nobody else."),
            ("A21",),
        ),
        (_CONTACT,),
    ),
    _kind(
        NEWS,
        _("News for the site without names"),
        Offer(
            PaperGroup.TEXTS,
            _("Says only what you write; the program adds no name. Each press begins another one."),
            ("A23",),
            is_many=True,
        ),
        (
            PaperQuestion("headline", _("Heading"), is_needed=True),
            PaperQuestion("happened_on", _("Day of the event"), Reply.DAY),
            PaperQuestion(
                "told",
                _("What happened, a paragraph a line"),
                Reply.LINES,
                hint=_("Without names and photos: those need a consent to publish."),
                is_needed=True,
            ),
            _CONTACT,
        ),
    ),
)

KINDS = (*ORDERS, MINUTES, *RULES, *OTHERS)
