"""Codes of the engine in sentences: why a pair, why nobody, what it would cost."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.matching.models import Proposal
from nastavnik.matching.queries.confidence import ANYBODY, ConfidenceReader, chosen_in
from nastavnik.matching.queries.shortages import KeptShortage, shortage_words
from nastavnik.matching.queries.since import has_place
from nastavnik.people.queries import surnames
from nastavnik.programmes import catalogues
from nastavnik.programmes.models import Participation


def choice_words(by_mentee: int | None, by_mentor: int | None) -> str:
    """Return which choice, from 1, each was for the other; empty where neither chose."""
    if by_mentee and by_mentor:
        return _(
            "They chose each other: the mentor is choice %(mentee)s of the mentee, the mentee choice %(mentor)s of the mentor."
        ) % {"mentee": by_mentee, "mentor": by_mentor}
    if by_mentee:
        return _("The mentee chose the mentor: choice %(n)s.") % {"n": by_mentee}
    if by_mentor:
        return _("The mentor chose the mentee: choice %(n)s.") % {"n": by_mentor}
    return ""


def part_of(explanation: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    """Return the part of a score by its code, None where it gave no points."""
    parts: Iterable[Mapping[str, Any]] = explanation.get("parts", ())
    return next((part for part in parts if part["code"] == code and part["points"]), None)


def pair_words(proposal: Proposal, reader: ConfidenceReader) -> tuple[str, ...]:
    """Return why two are a pair, as far as the viewer may know: by hand, by choice, by what they share, what is against it."""
    parts = [part for part in proposal.explanation.get("parts", ()) if part["points"]]
    flags = proposal.explanation.get("flags", ())
    words = [_lock_words(proposal)] if proposal.is_locked else []
    words += filter(None, [choice_words(*chosen_in(proposal, reader)), *map(part_words, parts)])
    words += filter(None, [_against_words(proposal, flags, reader), _namesake_words(proposal)])
    # not «a free place decided»: it may have been a choice this reader is not told of
    return tuple(words) or (_("Nothing in common is written down."),)


def secret_words(proposal: Proposal, reader: ConfidenceReader) -> frozenset[str]:
    """Return which reasons of a pair were said in confidence: whom people chose, and whom not."""
    against = _against_words(proposal, proposal.explanation.get("flags", ()), reader)
    told = [choice_words(*chosen_in(proposal, reader)), against, _namesake_words(proposal)]
    return frozenset(filter(None, told))


def _lock_words(proposal: Proposal) -> str:
    why = str(proposal.explanation.get("why", "")).rstrip(".")
    return _("Put together by hand: %(why)s.") % {"why": why} if why else _("Put together by you.")


def _against_words(proposal: Proposal, flags: Iterable[str], reader: ConfidenceReader) -> str:
    """Return what speaks against a pair put together by hand; a «not with» only to who may read it."""
    refusals = [flag.partition(":")[2] for flag in flags if flag.startswith("lock_not_eligible")]
    if not refusals:
        return ""
    # a pair under a lock has no ban, so «forbidden» is the word of one of the two
    if refusals != ["forbidden"]:
        return _("The rules would not have proposed this pair.")
    if not reader.refusals or reader.is_of(proposal.mentor, proposal.mentee):
        return ""
    return _("One of the two asked in confidence not to be with the other: speak with each alone.")


def _namesake_words(proposal: Proposal) -> str:
    """Ask whether two with one last name are a family; where it is known that they are, a rule has kept them apart."""
    if proposal.mentor is None:
        return ""
    giver, taker = proposal.mentor.person, proposal.mentee.person
    if giver.household_id and giver.household_id == taker.household_id:
        return ""
    if not surnames(giver.last_name) & surnames(taker.last_name):
        return ""
    return _(
        "The same last name: if they are one family, note it on the card, and matching keeps them apart."
    )


#: Part of a score → the list that names what is in common.
LISTS: Mapping[str, Callable[[], Mapping[str, catalogues.ListEntry]]] = {
    "area": catalogues.areas,
    "interest": catalogues.interests,
    "schedule": catalogues.time_slots,
    "place": catalogues.meeting_places,
    "language": catalogues.languages,
}


def part_words(part: Mapping[str, Any]) -> str:
    """Return one part of a score in words, with what is in common."""
    known = LISTS.get(part["code"], dict)()
    items = ", ".join(entry.title for code, entry in known.items() if code in part["items"])
    return {
        "area": _("The request meets the skill: %(areas)s.") % {"areas": items},
        "interest": _("Both like: %(interests)s.") % {"interests": items},
        "schedule": _("Both are free: %(times)s.") % {"times": items},
        "place": _("Both can meet: %(places)s.") % {"places": items},
        "language": _("Both speak: %(languages)s.") % {"languages": items},
        "subject": _("They teach the same subject."),
        "grade_near": _("The classes are close."),
        "organisation": _("They are of one organisation."),
    }.get(part["code"], "")


def price_words(
    price: Mapping[str, int],
    rank_weight: int = 0,
    *,
    may_count: bool = False,
    kept_points: int = 0,
) -> str:
    """Return what another mentor costs everybody; a step of a wish is told without whose it is.

    Args:
        price: people and points.
        rank_weight: what a step weighs.
        may_count: whether the viewer may know how many steps it is.
        kept_points: what a pair counts for that was proposed before as well, 0 where none was to stay.
    """
    if price["people"] > 0:
        return ngettext(
            "%(n)s mentee would stay without a mentor",
            "%(n)s mentees would stay without a mentor",
            price["people"],
        ) % {"n": price["people"]}
    if kept_points and 2 * price["points"] >= kept_points:
        n_pairs = round(price["points"] / kept_points)
        return ngettext(
            "%(n)s pair proposed before would change",
            "%(n)s pairs proposed before would change",
            n_pairs,
        ) % {"n": n_pairs}
    if price["points"] <= 0:
        return _("costs nothing")
    if rank_weight and 2 * price["points"] >= rank_weight:
        n_steps = max(1, round(price["points"] / rank_weight))
        if may_count:
            return ngettext(
                "people's wishes would be met worse, by %(n)s step",
                "people's wishes would be met worse, by %(n)s steps",
                n_steps,
            ) % {"n": n_steps}
        return _("people's wishes would be met worse")
    return _("the other pairs fit worse by %(n)s points together") % {"n": price["points"]}


def proof_words(snapshot: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was proven of a matching, in the order of its goals: each as good as can be with those before it met."""
    rules = snapshot.get("rules", {})
    counts = bool(any(snapshot.get("wishes", {}).values()) and rules.get("rank_weight"))
    is_first = counts and snapshot.get("choices_first", False)
    words = [_("no more mentees can get a mentor;")]
    if snapshot.get("kept_points"):
        words.append(_("no more of the pairs proposed before can stay;"))
    if is_first:
        words.append(
            _(
                "people's choices cannot be met better: of each side a first one counts three, a second two, a third one, all added up;"
            )
        )
    if is_first or not counts:
        words.append(
            _(
                "requests, skills and all else that gives points, less uneven loads, cannot bring more points in all."
            )
        )
    else:
        words.append(
            _(
                "choices, requests, skills and all else that gives points, less uneven loads, cannot bring more points in all."
            )
        )
    return tuple(words)


def left_out_words(
    explanation: Mapping[str, Any],
    mentors: Mapping[str, Participation],
    *,
    reader: ConfidenceReader = ANYBODY,
    mentee: Participation | None = None,
    shortage: KeptShortage | None = None,
) -> tuple[str, str]:
    """Return why a mentee has no mentor and what would help, as far as the viewer may know."""
    code = explanation.get("code", "")
    if code == "all_full" and shortage:
        reason = shortage_words(shortage, 1)
    else:
        reason = {
            "no_mentors": _("There is no mentor to choose from."),
            "no_mentor_of_form": _("No mentor works in the form of this request."),
            "all_forbidden": _forbidden_words(explanation, reader, mentee),
            "all_family": _("Only members of the same family would fit."),
            "only_class_teacher": _(
                "Only the own class teacher would fit, and that is not allowed."
            ),
            "none_in_organisation": _("Nobody of the own organisation would fit."),
            "mentee_too_young": _("The mentee is younger than the form allows."),
            "grade_missing": _("A class is missing: it is not known who is older."),
            "all_too_young": _("There is no mentor old enough."),
            "age_missing": _("A birth date is missing: it is not known who is older."),
            "no_common_subject": _("Nobody teaches the same subject."),
        }.get(code) or _("No mentor fits the rules.")
    change = explanation.get("change")
    if change and change.get("code") == "ask_psychologist":
        may_know = reader.opinions and not reader.is_of(mentee)
        return reason, _("Speak with the psychologist about it.") if may_know else ""
    if change and change.get("code") == "unforbid":
        return reason, _lifted_words(change, mentors, reader, mentee)
    return reason, change_words(change, mentors)


def _forbidden_words(
    explanation: Mapping[str, Any], reader: ConfidenceReader, mentee: Participation | None
) -> str:
    """Return that everybody is ruled out; to others than the curator and the psychologist not even that."""
    if not reader.refusals or reader.is_of(mentee):
        return ""
    n_by_hand = sum(mentee is not None and key == mentee.pk for _mentor, key in reader.bans)
    n_advised = explanation.get("n_advised", 0) if reader.opinions else 0
    n_forbidden = explanation.get("refusals", {}).get("forbidden", 0)
    if n_advised and n_forbidden <= n_advised:
        return _("The psychologist does not recommend anyone who would fit.")
    if n_forbidden > n_by_hand + n_advised:
        return _("Everyone who would fit is ruled out by hand or by a confidential «not with».")
    if n_advised:
        return _(
            "Everyone who would fit is ruled out by hand or not recommended by the psychologist."
        )
    return _("You have ruled out everyone who would fit.")


def _lifted_words(
    change: Mapping[str, Any],
    mentors: Mapping[str, Participation],
    reader: ConfidenceReader,
    mentee: Participation | None,
) -> str:
    """Return how two who are kept apart could be together: a ban is lifted, a «not with» is talked over."""
    mentor = mentors.get(change.get("mentor", ""))
    if mentor is None or mentee is None or (mentor.pk, mentee.pk) in reader.bans:
        return change_words(change, mentors)
    if not reader.refusals or reader.is_of(mentor, mentee):
        return ""
    return _(
        "%(name)s would fit, but one of the two asked in confidence not to be with the other: speak with each alone."
    ) % {"name": mentor.person.short_name}


def change_words(change: Mapping[str, Any] | None, mentors: Mapping[str, Participation]) -> str:
    """Return the smallest change that would help, in words; empty where there is none."""
    if not change:
        return ""
    mentor = mentors.get(change.get("mentor", ""))
    name = mentor.person.short_name if mentor else ""
    form = change.get("form", "")
    if change.get("code") == "raise_capacity" and has_place(mentor, change.get("value")):
        return _("%(name)s takes more by now: match anew.") % {"name": name}
    words = {
        "raise_capacity": _("It would help if %(name)s took one more mentee (%(value)s)."),
        "allow_form": _("It would help if %(name)s and the mentee agreed on one form."),
        "unforbid": _("It would help to take back the ban on the pair with %(name)s."),
        "relax_subject": _("It would help to allow another subject: %(name)s has a free place."),
        "relax_grade_gap": _("It would help to let %(name)s lead a mentee of a nearer class."),
        "relax_age_gap": _("It would help to let %(name)s lead a mentee nearer in age."),
        "relax_mentee_min_age": _("It would help to lower the age in the form to %(value)s."),
        "fill_grade": _("It would help to write down the class: %(name)s has a free place."),
        "fill_age": _("It would help to write down the birth date: %(name)s has a free place."),
        "relax_organisation": _(
            "It would help to allow a mentor of another organisation: %(name)s."
        ),
        "add_mentor": _("One more mentor of this form is needed."),
    }.get(change.get("code", ""), "")
    return words % {"name": name, "value": change.get("value") or "", "form": form} if words else ""
