"""Who may be paired with whom: hard rules first, then a score of whole points in named parts.

Here two people at a time; :mod:`.eligibility` answers the same for all pairs at once.

Rules are data: a form of mentoring (method.md §1.1) is a :class:`FormRule`, an organisation has its
own copy. Nothing here is worded; codes and numbers are, so that the caller can say them.

Hard rules, in this order; a pair is counted under the one it got as far as, so ``forbidden`` means
that nothing else stands in the way: ``self``, ``form`` (none in common), then for each form both
chose ``kind``, ``class_teacher``, ``organisation``, ``too_young`` (the mentee), ``unknown_grade``,
``grade_gap``, ``unknown_age``, ``age_gap``, ``subject``, and at last ``same_family``, ``forbidden``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Within how many grades beyond the smallest allowed gap a pair still counts as near.
NEAR_GRADES = 3

#: Parts of the score that have a weight each, in the order they are told; :data:`WISHES` comes after them.
PART_CODES = (
    "area",
    "subject",
    "interest",
    "schedule",
    "place",
    "language",
    "grade_near",
    "organisation",
)

#: The part for what people wished of each other after the group meeting and got: `rank_weight` for each step, three for a
#: first choice. Its only item is the number of steps, of both sides together: whose they are is nobody else's business.
WISHES = "wishes"

#: The part for the same mentor as before, where a proposal is to stay as it was as far as can be: more than all other
#: points together, so it is a goal of its own and no measure of how well two fit.
KEPT = "kept"

#: The part for a mentor who leads others already: the load counts on from them. No measure of how well two fit.
BUSY = "busy"

#: How many things in common count at most: one place to meet is enough, and free afternoons are not
#: to outweigh a request.
MOST_COUNTED = {"schedule": 3, "place": 1, "language": 1}

#: The number of a pair's form is kept in one byte.
MOST_FORMS = 255

#: Refusals in the order they are checked; a later one is nearer to a pair.
REFUSALS = (
    "self",
    "form",
    "kind",
    "class_teacher",
    "organisation",
    "too_young",
    "unknown_grade",
    "grade_gap",
    "unknown_age",
    "age_gap",
    "subject",
    "same_family",
    "forbidden",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """A mentor as the rules see one.

    ``family`` is a key the organisation gave on purpose (a household), never a surname: people of
    one name need not be related. ``slots`` are times of the week, ``venues`` ways and places to
    meet, ``languages`` those besides Russian; who names none of them gains and loses nothing.
    ``capacity`` are the free places, ``n_led`` how many mentees there are already.
    """

    key: str
    kind: str
    forms: frozenset[str]
    capacity: int = 1
    n_led: int = 0
    competences: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    venues: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    grade: int | None = None
    age: int | None = None
    group: str | None = None
    subject: str = ""
    family: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentee:
    """A mentee as the rules see one; ``areas`` is what was asked for."""

    key: str
    kind: str
    forms: frozenset[str]
    areas: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    venues: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    grade: int | None = None
    age: int | None = None
    group: str | None = None
    subject: str = ""
    family: str = ""
    organisation: str = ""
    class_teachers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRule:
    """One form of mentoring and who may take part in it (method.md §1.1, §1.6, §3.4).

    ``min_grade_gap`` and ``min_age_gap`` are how much the mentor must be ahead; None asks nothing.
    ``is_group``: all mentees of one mentor in this form are one group, ``mentor_max_mentees`` its
    limit.
    """

    code: str
    mentor_kinds: frozenset[str]
    mentee_kinds: frozenset[str]
    min_grade_gap: int | None = None
    min_age_gap: int | None = None
    same_subject: bool = False
    same_organisation: bool = False
    mentee_min_age: int | None = None
    mentor_max_mentees: int = 3
    forbid_class_teacher: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one run: forms, points per part, and the version they are kept under.

    ``rank_weight`` is what one step of a met choice brings, in points of the score: a first choice is three steps.
    """

    forms: Mapping[str, FormRule]
    weights: Mapping[str, int]
    version: str
    forbid_family: bool = True
    load_cost: int = 0
    rank_weight: int = 0

    def __post_init__(self) -> None:
        wrong = [c for c, w in self.weights.items() if c not in PART_CODES or w < 0]
        if wrong:
            raise ValueError(
                f"Правила: вес «{wrong[0]}» не подходит. Возможны веса {', '.join(PART_CODES)}, "
                "каждый — целое число не меньше нуля."
            )
        for name, value in (("load_cost", self.load_cost), ("rank_weight", self.rank_weight)):
            if value < 0:
                raise ValueError(
                    f"Правила: «{name}» — целое число не меньше нуля, а здесь {value}."
                )
        if len(self.forms) > MOST_FORMS:
            raise ValueError(
                f"Правила: форм {len(self.forms)}, а можно не больше {MOST_FORMS}. "
                "Оставьте те, в которых подбираются пары."
            )
        for code, form in self.forms.items():
            if form.mentor_max_mentees < 0:
                raise ValueError(
                    f"Правила: у формы «{code}» мест у наставника {form.mentor_max_mentees}. "
                    "Укажите ноль или больше."
                )


@dataclass(frozen=True, slots=True)
class ScorePart:
    """Points for one reason; ``items`` are the areas, interests or numbers it stands on."""

    code: str
    points: int
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A possible pair: its form and its score, the sum of the parts."""

    form: str
    score: int
    parts: tuple[ScorePart, ...]
    flags: tuple[str, ...] = ()

    def with_part(self, code: str, points: int) -> "Edge":
        """Return the pair with one more part of its score; 0 points are no part at all."""
        if not points:
            return self
        parts = (*self.parts, ScorePart(code, points))
        return Edge(self.form, self.score + points, parts, self.flags)

    def with_wishes(self, gain: int, rank_weight: int) -> "Edge":
        """Return the pair with what the choices met in it bring; 0 is no part at all."""
        points = rank_weight * gain
        if not points:
            return self
        parts = (*self.parts, ScorePart(WISHES, points, (str(gain),)))
        return Edge(self.form, self.score + points, parts, self.flags)


def judge(
    mentor: Mentor,
    mentee: Mentee,
    rules: Rules,
    *,
    forbidden: frozenset[tuple[str, str]] = frozenset(),
) -> Edge | str:
    """Return the pair in its best form, or the code of the rule that refuses it."""
    if mentor.key == mentee.key:
        return "self"
    best: Edge | None = None
    refusal = "form"
    for code in sorted(mentor.forms & mentee.forms & rules.forms.keys()):
        refused = refused_by_form(mentor, mentee, rules.forms[code])
        if refused:
            refusal = max(refusal, refused, key=REFUSALS.index)
            continue
        edge = scored(mentor, mentee, rules.forms[code], rules)
        if best is None or edge.score > best.score:
            best = edge
    if best is None:
        return refusal
    if rules.forbid_family and same_family(mentor, mentee):
        return "same_family"
    return "forbidden" if (mentor.key, mentee.key) in forbidden else best


def same_family(mentor: Mentor, mentee: Mentee) -> bool:
    """Tell whether both were given the same family key."""
    return bool(mentor.family) and mentor.family == mentee.family


def refused_by_form(mentor: Mentor, mentee: Mentee, form: FormRule) -> str:
    """Return the code of the first rule of the form that the two do not meet, or nothing."""
    if mentor.kind not in form.mentor_kinds or mentee.kind not in form.mentee_kinds:
        return "kind"
    if form.forbid_class_teacher and mentor.key in mentee.class_teachers:
        return "class_teacher"
    if form.same_organisation and mentor.organisation != mentee.organisation:
        return "organisation"
    return _refused_by_grade(mentor, mentee, form) or _refused_by_age(mentor, mentee, form)


def _refused_by_grade(mentor: Mentor, mentee: Mentee, form: FormRule) -> str:
    if form.mentee_min_age is not None and (
        mentee.age is not None and mentee.age < form.mentee_min_age
    ):
        return "too_young"
    if form.min_grade_gap is None:
        return ""
    if mentor.grade is None or mentee.grade is None:
        return "unknown_grade"
    return "grade_gap" if mentor.grade - mentee.grade < form.min_grade_gap else ""


def _refused_by_age(mentor: Mentor, mentee: Mentee, form: FormRule) -> str:
    if form.mentee_min_age is not None and mentee.age is None:
        return "unknown_age"
    if form.min_age_gap is not None:
        if mentor.age is None or mentee.age is None:
            return "unknown_age"
        if mentor.age - mentee.age < form.min_age_gap:
            return "age_gap"
    if form.same_subject and (not mentor.subject or mentor.subject != mentee.subject):
        return "subject"
    return ""


def scored(mentor: Mentor, mentee: Mentee, form: FormRule, rules: Rules) -> Edge:
    """Return the pair in a form that allows it, with the parts of its score."""
    parts = tuple(
        ScorePart(code, rules.weights.get(code, 0) * times, items)
        for code, times, items in (
            _common("area", mentee.areas & mentor.competences),
            _common("subject", {mentor.subject} & {mentee.subject} - {""}),
            _common("interest", mentor.interests & mentee.interests),
            _common("schedule", mentor.slots & mentee.slots),
            _common("place", mentor.venues & mentee.venues),
            _common("language", mentor.languages & mentee.languages),
            _near(mentor, mentee, form),
            _common("organisation", {mentor.organisation} & {mentee.organisation} - {""}),
        )
        if times and rules.weights.get(code, 0)
    )
    flags = ("same_family",) if same_family(mentor, mentee) else ()
    return Edge(form.code, sum(part.points for part in parts), parts, flags)


def _common(code: str, items: Iterable[str]) -> tuple[str, int, tuple[str, ...]]:
    listed = tuple(sorted(items))
    return code, min(len(listed), MOST_COUNTED.get(code, len(listed))), listed


def _near(mentor: Mentor, mentee: Mentee, form: FormRule) -> tuple[str, int, tuple[str, ...]]:
    """Count how near the grades are: 3 at the smallest allowed gap, one less per grade beyond."""
    if mentor.grade is None or mentee.grade is None or form.min_grade_gap is None:
        return "grade_near", 0, ()
    gap = mentor.grade - mentee.grade
    times = max(0, NEAR_GRADES - (gap - form.min_grade_gap))
    return "grade_near", times, (str(gap),)


def standard_rules() -> Rules:
    """Return the rules that stand where an organisation has set none (method.md §1, §3.4)."""
    pupils, staff = frozenset({"pupil"}), frozenset({"teacher"})
    students, outside = frozenset({"student"}), frozenset({"employer"})
    alumni = frozenset({"alumnus"})
    forms = (
        FormRule(code="pupil_pupil", mentor_kinds=pupils, mentee_kinds=pupils, min_grade_gap=1),
        FormRule(code="teacher_teacher", mentor_kinds=staff, mentee_kinds=staff),
        FormRule(code="student_pupil", mentor_kinds=students, mentee_kinds=pupils),
        FormRule(code="employer_pupil", mentor_kinds=outside, mentee_kinds=pupils),
        FormRule(code="employer_student", mentor_kinds=outside, mentee_kinds=students),
        FormRule(code="student_student", mentor_kinds=students, mentee_kinds=students),
        FormRule(
            code="teacher_pupil", mentor_kinds=staff, mentee_kinds=pupils, forbid_class_teacher=True
        ),
        FormRule(code="teacher_student", mentor_kinds=staff, mentee_kinds=students),
        FormRule(code="alumnus_pupil", mentor_kinds=alumni, mentee_kinds=pupils),
    )
    weights = {
        "area": 40,
        "subject": 30,
        "interest": 10,
        "schedule": 10,
        "place": 10,
        "language": 20,
        "grade_near": 5,
        "organisation": 0,
    }
    return Rules(
        forms=MappingProxyType({form.code: form for form in forms}),
        weights=MappingProxyType(weights),
        version="2",
        load_cost=3,
        rank_weight=1_000_000,
    )
