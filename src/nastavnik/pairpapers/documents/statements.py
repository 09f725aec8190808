"""What one asks for or agrees to in a pair: resignation, another mentor, the agreement of staff (method.md §3.4, §9.5)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, date_in_words, enumeration, period_in_words
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import Value
from nastavnik.mentorships.choices import EndCause
from nastavnik.mentorships.documents.common import frame_of, is_of_staff, yes
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.pairpapers.documents.common import Assembled, Origin, whom
from nastavnik.pairpapers.queries import order_of, pair_of_document, plan_of, tie_of_document
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
from nastavnik.plans.choices import PlanStatus

# method.md §3.4: the five reasons, as a paper says them
REASONS = {
    EndCause.CONTRACT: "прекращение трудового договора с наставником",
    EndCause.TRANSFER: "перевод наставника или наставляемого на другую должность или в другое подразделение (класс)",
    EndCause.ASKED: "просьба наставника или наставляемого",
    EndCause.DUTIES: "неисполнение наставником своих обязанностей",
    EndCause.OTHER: "иные обстоятельства, препятствующие наставничеству",
}
# what staff and pupils are told of: a pupil reads nothing of contracts and posts
REASONS_OF_PUPILS = (
    "переход в другой класс или отъезд",
    "просьба наставника или наставляемого",
    "встречи не проводятся, договорённости не исполняются",
    "иные обстоятельства, препятствующие наставничеству",
)


def _is_staff(pair: Mentorship) -> bool:
    return any(is_of_staff(pair, tie) for tie in pair.ties.all())


def _origin(pair: Mentorship) -> Origin:
    words = _("Both sides, the term and the order: the page of the pair.")
    return Origin(words, reverse("mentorships:card", args=[pair.pk]))


def _order_said(tie: Tie | None) -> str:
    order = order_of(tie) if tie else None
    if order is None or order.dated_on is None:
        return ""
    return f" (приказ от {date_in_words(order.dated_on)} №\u00a0{order.number})"


def _who(words: adapter.Words, person: Person, case: Case, group: str) -> str:
    """Return a person in a case with the post, or with the class."""
    name = words.person(person, case)
    if person.is_learner:
        return f"{name}, {group} класс" if group else name
    return f"{name}, {words.position(person.position, case)}" if person.position else name


def assemble_resignation(document: Document) -> Assembled | None:
    """Return the statement of a mentor to be released from a pair; None where it is gone."""
    pair = pair_of_document(document)
    if pair is None:
        return None
    words = adapter.Words(document.entered.get("words", {}))
    mentor = pair.mentor.person
    ties = list(pair.ties.all())
    groups = group_names([mentor, *pair.mentees])
    facts: dict[str, Value] = {
        **frame_of(document, pair.organisation),
        **whom(pair.organisation, words),
        "mentor_genitive": _who(words, mentor, Case.GENITIVE, groups.get(mentor.pk, "")),
        "mentor_short": mentor.short_name,
        "mentees_genitive": enumeration([words.person(one, Case.GENITIVE) for one in pair.mentees]),
        "mentees_kind": "наставляемых" if len(ties) > 1 else "наставляемого",
        "order_said": _order_said(ties[0] if ties else None),
        "is_staff": yes(_is_staff(pair)),
    }
    return Assembled(Composed(facts, doubts=words.doubts), (_origin(pair),))


def assemble_petition(document: Document) -> Assembled | None:
    """Return the petition of a mentee for another mentor; None where the mentee is gone."""
    tie = tie_of_document(document)
    if tie is None:
        return None
    pair, mentee = tie.mentorship, tie.mentee.person
    words = adapter.Words(document.entered.get("words", {}))
    groups = group_names([pair.mentor.person, mentee])
    age = mentee.age_on(today())
    is_staff = is_of_staff(pair, tie)
    facts: dict[str, Value] = {
        **frame_of(document, pair.organisation),
        **whom(pair.organisation, words),
        "mentee_genitive": _who(words, mentee, Case.GENITIVE, groups.get(mentee.pk, "")),
        "mentee_short": mentee.short_name,
        "mentor_genitive": words.person(pair.mentor.person, Case.GENITIVE),
        "order_said": _order_said(tie),
        "representative": "",
        "reasons": list(REASONS.values()) if is_staff else list(REASONS_OF_PUPILS),
        "is_minor": yes(mentee.is_learner and (age is None or age < 18)),  # noqa: PLR2004 - of age
    }
    return Assembled(Composed(facts, doubts=words.doubts), (_origin(pair),))


def assemble_agreement(document: Document) -> Assembled | None:
    """Return the additional agreement of a mentor of staff by article 351.8; None where the pair is not of staff.

    Pay, the day and the number of the contract are entered nowhere: they are lines to write on.
    """
    pair = pair_of_document(document)
    if pair is None or not _is_staff(pair):
        return None
    words = adapter.Words(document.entered.get("words", {}))
    mentor, organisation = pair.mentor.person, pair.organisation
    staff = [tie for tie in pair.ties.all() if is_of_staff(pair, tie)]
    plans = [plan for tie in staff if (plan := plan_of(tie)) and plan.status == PlanStatus.APPROVED]
    approved = [plan for plan in plans if plan.approved_on]
    post = organisation.head_position
    facts: dict[str, Value] = {
        **frame_of(document, organisation),
        "head_position_genitive": words.position(post, Case.GENITIVE) if post else "",
        "head_genitive": words.name(organisation.head_name, Case.GENITIVE)
        if organisation.head_name
        else "",
        "mentor": mentor.full_name,
        "mentor_position": mentor.position,
        "mentor_short": mentor.short_name,
        "pay": "",
        "mentees_dative": enumeration(
            [_who(words, tie.mentee.person, Case.DATIVE, "") for tie in staff]
        ),
        "period": period_in_words(pair.starts_on, pair.ends_on),
        "plan_said": "; ".join(
            f"по индивидуальному плану, утверждённому {date_in_words(plan.approved_on)}"
            for plan in approved
            if plan.approved_on
        ),
        "format": "; ".join(dict.fromkeys(plan.format for plan in plans if plan.format)),
    }
    origins = [_origin(pair)]
    origins += [
        Origin(_("Content and form: the approved plan."), reverse("plans:plan", args=[plan.pk]))
        for plan in plans
    ]
    return Assembled(Composed(facts, doubts=words.doubts), tuple(origins))
