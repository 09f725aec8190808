"""The pages of the site, found by walking the resolver, and the objects their addresses name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from nastavnik.blanks.models import Blank, PrintRun, ScannedPage
from nastavnik.closing.models import ClosingTalk
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent, ConsentLink, ConsentScan, Guardian, PrintPack
from nastavnik.core.dates import today
from nastavnik.districts.models import Adoption
from nastavnik.documents.models import Document
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.jobs.models import Job
from nastavnik.matching.models import MatchingRun, Opinion, PairRuling
from nastavnik.mentorships.models import BaseDraft, Contact, Mentorship, ReplacementRequest
from nastavnik.monitoring.models import Scorecard, ScoreSheet, SwotNote
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.models import Recommendation
from nastavnik.pairpapers.models import PaperFile
from nastavnik.pairpapers.papers import BY_CODE
from nastavnik.people.models import (
    ClassTransfer,
    Membership,
    Person,
    PersonMerge,
    RosterImport,
    StudyGroup,
)
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanItem
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import (
    Attendance,
    GroupMeeting,
    MentoringForm,
    Participation,
    Programme,
)
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Wave
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap, RoadmapDraft
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial, TrainingSession

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Route → reason. Nothing is left out silently: a name that is no route fails.
LEFT_OUT: dict[str, str] = {}

# Route with a key → the model the key is of. Every row of a school is tried, in all states.
OBJECTS: dict[str, type[Model]] = {
    **{f"jobs:{name}": Job for name in ("progress", "cancel", "again")},
    "people:card": Person,
    "cabinet:seen": Person,
    "dossiers:person": Person,
    "dossiers:archive": Person,
    "dossiers:erase": Person,
    "dossiers:keep": Person,
    "people:edit": Person,
    "people:family": Person,
    "people:next-year-back": ClassTransfer,
    "people:left": Person,
    "people:merge": Person,
    "people:unmerge": PersonMerge,
    "people:import-preview": RosterImport,
    "people:import-errors": RosterImport,
    "people:import-discard": RosterImport,
    "people:group": StudyGroup,
    "people:end-role": Membership,
    "people:second-step-off": Membership,
    "programmes:edit": Programme,
    "programmes:go-on": Programme,
    "programmes:limits": MentoringForm,
    "programmes:record": Participation,
    "programmes:leave": Participation,
    "programmes:after": Participation,
    **{
        f"programmes:{name}": GroupMeeting
        for name in (
            "meeting",
            "invite",
            "collect",
            "attendance",
            "minutes",
            "minutes-file",
            "reopen",
        )
    },
    "programmes:choose": Attendance,
    **{
        f"training:{name}": TrainingCourse
        for name in ("course", "edit", "remove", "plan", "enrol", "keep", "add-material")
    },
    **{
        f"events:{name}": ProgrammeEvent
        for name in (
            "event",
            "edit",
            "cancel",
            "restore",
            "remove",
            "invite",
            "uninvite",
            "keep",
            "forget",
            "given",
            "minutes",
            "links",
            "paper",
            "invitations",
        )
    },
    "events:answer": EventGuest,
    **{
        f"monitoring:{name}": Scorecard
        for name in ("scorecard", "invite", "conclude", "close", "reopen", "paper")
    },
    **{f"monitoring:{name}": ScoreSheet for name in ("sheet", "take-back", "drop")},
    "monitoring:remove-note": SwotNote,
    **{
        f"plans:{name}": IndividualPlan
        for name in (
            "plan",
            "edit",
            "step",
            "read",
            "done",
            "edition",
            "discard",
            "paper",
            "register",
        )
    },
    "closing:remove-talk": ClosingTalk,
    "plans:undo": PlanItem,
    "plans:restore": PlanItem,
    "plans:drop-own": LibraryItem,
    "training:cancel": TrainingSession,
    "training:drop": Trainee,
    "training:material": TrainingMaterial,
    "training:remove-material": TrainingMaterial,
    "consents:person": Person,
    "consents:withdraw": Consent,
    "consents:mistaken": Consent,
    "consents:pack": PrintPack,
    "consents:scan": Consent,
    "consents:scan-file": ConsentScan,
    "consents:scan-remove": ConsentScan,
    "consents:link-close": ConsentLink,
    "consents:signed": Person,
    "consents:guardian-add": Person,
    "consents:guardian": Guardian,
    "consents:pack-file": PrintPack,
    "matching:lift": PairRuling,
    "matching:discussed": Opinion,
    "matching:past": MatchingRun,
    "matching:recount": MatchingRun,
    "mentorships:base-draft": BaseDraft,
    "mentorships:card": Mentorship,
    "pairpapers:award": Participation,
    "pairpapers:file": PaperFile,
    "pairpapers:pair": Mentorship,
    "pairpapers:paper": Mentorship,
    "pairpapers:register": Mentorship,
    "mentorships:status": Mentorship,
    "mentorships:end": Mentorship,
    "mentorships:reopen": Mentorship,
    "mentorships:extend": Mentorship,
    "mentorships:pause": Mentorship,
    "mentorships:end-pause": Mentorship,
    "mentorships:leave-order": Mentorship,
    "mentorships:keep": Mentorship,
    "mentorships:mentee": Mentorship,
    "mentorships:replace": Mentorship,
    "mentorships:note": Mentorship,
    "mentorships:undo": Mentorship,
    "mentorships:help": Mentorship,
    "mentorships:contact": Mentorship,
    "mentorships:ask": Mentorship,
    "mentorships:withdraw": ReplacementRequest,
    "mentorships:answer": ReplacementRequest,
    "mentorships:wake": Contact,
    "mentorships:approve": MatchingRun,
    "mentorships:take-back": MatchingRun,
    **{
        f"roadmaps:{name}": Roadmap
        for name in (
            "show",
            "edit",
            "check",
            "add-usual",
            "bulk",
            "history",
            "shift",
            "add",
            "again",
            "paper",
            "pdf",
            "table",
            "calendar",
            "archived",
            "restore",
        )
    },
    **{
        f"questionnaires:{name}": Wave
        for name in (
            "transfer",
            "untransfer",
            "wave",
            "invite",
            "links",
            "room",
            "close",
            "last-day",
            "results",
            "paper",
            "sheets",
            "load",
            "look",
            "sample",
            "accept",
            "clear",
        )
    },
    "questionnaires:printed": PrintRun,
    "questionnaires:returned": Blank,
    "questionnaires:page": ScannedPage,
    "questionnaires:crop": ScannedPage,
    "questionnaires:answer": Invitation,
    "questionnaires:take-back": Invitation,
    **{
        f"questionnaires:{name}": InstrumentVersion
        for name in ("draft", "draft-preview", "publish", "delete-draft", "copy", "file")
    },
    "roadmaps:draft": RoadmapDraft,
    "roadmaps:discard": RoadmapDraft,
    "roadmaps:activity": Activity,
    "roadmaps:state": Activity,
    "roadmaps:inline": Activity,
    "roadmaps:evidence": Activity,
    "roadmaps:remove-evidence": Evidence,
    "roadmaps:evidence-file": Evidence,
    **{f"districts:{name}": Roadmap for name in ("asked", "adopt", "send")},
    "districts:adopted": Adoption,
    "districts:school": Organisation,
    "districts:answer": Organisation,
    "oversight:given": Recommendation,
    "oversight:recommendation": Recommendation,
    "documents:card": Document,
    "documents:check-paper": Document,
    "documents:register-paper": Document,
    "documents:take-back": Document,
    "documents:download": Document,
    "documents:pdf": Document,
    "documents:split": Document,
    "documents:join": Document,
}
# Other arguments of addresses, by the name of the argument: the same for every school.
VALUES: dict[str, tuple[object, ...]] = {
    "side": tuple(Side.values),
    "year": (today().year,),
    "month": (today().month,),
    "name": ("today", "first-evening"),
    "instrument": ("mentee_after",),
    "item": ("before",),
    "kind": ("docx", "pdf", "xlsx", "yaml"),
    "purpose": (Purpose.DATA.value,),
    "code": tuple(BY_CODE),
    "indicator": ("K1",),
    # nobody's: what a right one opens is tested in tests/questionnaires
    "token": ("0" * 26,),
}


@dataclass(frozen=True)
class Route:
    """A page: its name, its pattern, the arguments of its address."""

    name: str
    pattern: URLPattern
    arguments: tuple[str, ...]

    @property
    def access(self) -> object:
        return getattr(self.pattern.callback, "access", None)

    @property
    def is_public(self) -> bool:
        return self.access in ("public", "by_link")

    @property
    def has_key(self) -> bool:
        return any(name not in VALUES for name in self.arguments)


def walk(
    patterns: Iterable[URLPattern | URLResolver],
    namespace: str = "",
    arguments: tuple[str, ...] = (),
) -> Iterator[Route]:
    """Yield every page under some patterns."""
    for entry in patterns:
        own = (*arguments, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, inner, own)
        else:
            yield Route(f"{namespace}{entry.name}", entry, own)


def all_routes() -> list[Route]:
    """Return the pages of the site, those of `LEFT_OUT` left out."""
    found = list(walk(get_resolver().url_patterns))
    if gone := set(LEFT_OUT) - {route.name for route in found}:
        raise ImproperlyConfigured(f"LEFT_OUT names no route of the site: {gone}")
    return [route for route in found if route.name not in LEFT_OUT]


def unregistered(routes: Iterable[Route]) -> list[str]:
    """Return what must be written into `OBJECTS` or `VALUES` before the guards can open a page."""
    return [
        f"{route.name} has the argument `{argument}`: say in tests/guards/routes.py which model"
        " it is a key of (OBJECTS) or which values it takes (VALUES)"
        for route in routes
        for argument in route.arguments
        if argument not in VALUES and (argument != "pk" or route.name not in OBJECTS)
    ]


@cache
def _lookup(model: type[Model]) -> str:
    return "pk" if model is Organisation else "organisation_id"


def rows_of(model: type[Model], organisation: Organisation) -> list[Model]:
    """Return every row of an organisation, whatever its state."""
    return list(model._default_manager.filter(**{_lookup(model): organisation.pk}).order_by("pk"))


def one_of_each_state(rows: Iterable[Model]) -> list[Model]:
    """Return the newest row of each kind and state, for guards that need not try every row."""
    return list({(*_state(row),): row for row in rows}.values())


def _state(row: Model) -> Iterator[object]:
    return (
        getattr(row, name, None) for name in ("status", "state", "side", "kind", "ruling", "role")
    )


def addresses(
    route: Route,
    organisation: Organisation,
    choose: Callable[[Iterable[Model]], list[Model]] = list,
) -> list[str]:
    """Return the addresses of a page for the objects of an organisation; none only by mistake."""
    if wrong := unregistered([route]):
        raise ImproperlyConfigured("; ".join(wrong))
    values = [
        [row.pk for row in choose(rows_of(OBJECTS[route.name], organisation))]
        if argument == "pk"
        else VALUES[argument]
        for argument in route.arguments
    ]
    found = [
        reverse(route.name, kwargs=dict(zip(route.arguments, chosen, strict=True)))
        for chosen in product(*values)
    ]
    if not found:
        raise ImproperlyConfigured(f"{route.name}: the cast has no row to open it with")
    return found
