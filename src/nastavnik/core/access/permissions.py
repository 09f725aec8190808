"""Who may do what: roles, permissions, the table between them. No Django here, so models may import it.

The matrix grows into the one of the project's threat model; `docs/permissions.md` is printed from `GRANTS`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person is in an organisation, for a dated period (method.md §3.1)."""

    CURATOR = "curator"
    DIRECTOR = "director"
    DEPUTY_DIRECTOR = "deputy_director"
    CLASS_TEACHER = "class_teacher"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_TEACHER = "social_teacher"
    MENTOR = "mentor"
    MENTEE = "mentee"
    COORDINATOR = "coordinator"


class Perm(StrEnum):
    """One right; a view asks for exactly one."""

    HOME = "home"
    ORGANISATION_VIEW = "organisation_view"
    ORGANISATION_EDIT = "organisation_edit"
    ACCOUNT_EDIT = "account_edit"
    SLIP_WITNESS = "slip_witness"
    SECOND_STEP = "second_step"
    ROSTER_VIEW = "roster_view"
    ROSTER_EDIT = "roster_edit"
    CONSENT_VIEW = "consent_view"
    CONSENT_TICK = "consent_tick"
    CONSENT_EDIT = "consent_edit"
    PROGRAMME_VIEW = "programme_view"
    PROGRAMME_EDIT = "programme_edit"
    BASE_VIEW = "base_view"
    MENTEE_PROPOSE = "mentee_propose"
    REQUEST_WRITE = "request_write"
    BASE_EDIT = "base_edit"
    TRAINING_VIEW = "training_view"
    TRAINING_EDIT = "training_edit"
    EVENT_VIEW = "event_view"
    EVENT_EDIT = "event_edit"
    MATCHING_VIEW = "matching_view"
    MATCHING_EDIT = "matching_edit"
    PREFERENCE_GIVE = "preference_give"
    PREFERENCE_VIEW = "preference_view"
    REFUSAL_VIEW = "refusal_view"
    OPINION_VIEW = "opinion_view"
    OPINION_GIVE = "opinion_give"
    PAIR_VIEW = "pair_view"
    PAIR_APPROVE = "pair_approve"
    OWN_PAIR_VIEW = "own_pair_view"
    PLAN_VIEW = "plan_view"
    PLAN_EDIT = "plan_edit"
    PLAN_APPROVE = "plan_approve"
    TALK_NOTE = "talk_note"
    ROADMAP_VIEW = "roadmap_view"
    ROADMAP_EDIT = "roadmap_edit"
    MEETING_NOTE = "meeting_note"
    MEETING_EDIT = "meeting_edit"
    MARK_VIEW = "mark_view"
    HELP_ANSWER = "help_answer"
    WAVE_VIEW = "wave_view"
    WAVE_EDIT = "wave_edit"
    ANSWER_VIEW = "answer_view"
    ANSWER_GUARDED = "answer_guarded"
    ANSWER_GIVE = "answer_give"
    DOCUMENT_VIEW = "document_view"
    DOCUMENT_EDIT = "document_edit"
    DOCUMENT_TAKE_BACK = "document_take_back"
    MONITORING_VIEW = "monitoring_view"
    MONITORING_EDIT = "monitoring_edit"
    DISTRICT_VIEW = "district_view"
    DISTRICT_EDIT = "district_edit"
    COMPONENTS_VIEW = "components_view"
    TRAIL_VIEW = "trail_view"
    PACKAGE_EXPORT = "package_export"
    DOSSIER_GIVE = "dossier_give"
    DOSSIER_ERASE = "dossier_erase"


_SCHOOL_READING = frozenset(
    {
        Perm.HOME,
        Perm.ORGANISATION_VIEW,
        Perm.ROSTER_VIEW,
        Perm.CONSENT_VIEW,
        Perm.PROGRAMME_VIEW,
        Perm.BASE_VIEW,
        Perm.TRAINING_VIEW,
        Perm.EVENT_VIEW,
        Perm.PAIR_VIEW,
        Perm.PLAN_VIEW,
        Perm.ROADMAP_VIEW,
        Perm.WAVE_VIEW,
        Perm.ANSWER_GIVE,
    }
)
_OWN = frozenset(
    {
        Perm.HOME,
        Perm.OWN_PAIR_VIEW,
        Perm.PLAN_VIEW,
        Perm.MEETING_NOTE,
        Perm.PREFERENCE_GIVE,
        Perm.ANSWER_GIVE,
    }
)

GRANTS: dict[Role, frozenset[Perm]] = {
    Role.CURATOR: _SCHOOL_READING
    | {
        Perm.ORGANISATION_EDIT,
        Perm.ACCOUNT_EDIT,
        Perm.SLIP_WITNESS,
        Perm.SECOND_STEP,
        Perm.ROSTER_EDIT,
        Perm.CONSENT_TICK,
        Perm.CONSENT_EDIT,
        Perm.PROGRAMME_EDIT,
        Perm.MENTEE_PROPOSE,
        Perm.REQUEST_WRITE,
        Perm.BASE_EDIT,
        Perm.TRAINING_EDIT,
        Perm.EVENT_EDIT,
        Perm.MATCHING_VIEW,
        Perm.MATCHING_EDIT,
        Perm.PREFERENCE_GIVE,
        Perm.PREFERENCE_VIEW,
        Perm.REFUSAL_VIEW,
        Perm.OPINION_VIEW,
        Perm.PAIR_APPROVE,
        Perm.PLAN_EDIT,
        # what the head has signed on paper
        Perm.PLAN_APPROVE,
        # what the head has said of the closing talks
        Perm.TALK_NOTE,
        Perm.ROADMAP_EDIT,
        Perm.MEETING_NOTE,
        Perm.MEETING_EDIT,
        Perm.MARK_VIEW,
        Perm.HELP_ANSWER,
        Perm.WAVE_EDIT,
        Perm.ANSWER_VIEW,
        Perm.DOCUMENT_VIEW,
        Perm.DOCUMENT_EDIT,
        Perm.DOCUMENT_TAKE_BACK,
        Perm.MONITORING_VIEW,
        Perm.MONITORING_EDIT,
        Perm.COMPONENTS_VIEW,
        Perm.TRAIL_VIEW,
        Perm.PACKAGE_EXPORT,
        Perm.DOSSIER_GIVE,
        Perm.DOSSIER_ERASE,
    },
    Role.DIRECTOR: _SCHOOL_READING
    | {
        Perm.ORGANISATION_EDIT,
        Perm.ACCOUNT_EDIT,
        Perm.SLIP_WITNESS,
        Perm.SECOND_STEP,
        Perm.MATCHING_VIEW,
        Perm.PLAN_APPROVE,
        Perm.TALK_NOTE,
        Perm.DOCUMENT_VIEW,
        Perm.DOCUMENT_TAKE_BACK,
        Perm.MONITORING_VIEW,
        Perm.TRAIL_VIEW,
        Perm.PACKAGE_EXPORT,
        Perm.DOSSIER_GIVE,
        Perm.DOSSIER_ERASE,
    },
    Role.DEPUTY_DIRECTOR: _SCHOOL_READING
    | {Perm.MATCHING_VIEW, Perm.DOCUMENT_VIEW, Perm.MONITORING_VIEW},
    Role.PSYCHOLOGIST: _SCHOOL_READING
    | {
        Perm.SLIP_WITNESS,
        Perm.SECOND_STEP,
        Perm.MATCHING_VIEW,
        Perm.REFUSAL_VIEW,
        Perm.OPINION_VIEW,
        Perm.OPINION_GIVE,
        Perm.MARK_VIEW,
        Perm.HELP_ANSWER,
        Perm.ANSWER_VIEW,
        Perm.ANSWER_GUARDED,
        # what of before and after only the psychologist reads stands on no other page
        Perm.MONITORING_VIEW,
        # what only the psychologist reads of a person nobody else can give out
        Perm.DOSSIER_GIVE,
    },
    Role.SOCIAL_TEACHER: _SCHOOL_READING,
    Role.CLASS_TEACHER: frozenset(
        {
            Perm.HOME,
            Perm.ROSTER_VIEW,
            Perm.CONSENT_VIEW,
            Perm.BASE_VIEW,
            Perm.EVENT_VIEW,
            Perm.PAIR_VIEW,
            Perm.PLAN_VIEW,
            # of the own class, whatever else the person may see by another role
            Perm.CONSENT_TICK,
            Perm.MENTEE_PROPOSE,
            Perm.REQUEST_WRITE,
            Perm.PREFERENCE_GIVE,
            Perm.ANSWER_GIVE,
        }
    ),
    Role.MENTOR: _OWN | {Perm.PLAN_EDIT},
    Role.MENTEE: _OWN,
    Role.COORDINATOR: frozenset(
        {
            Perm.HOME,
            Perm.SECOND_STEP,
            Perm.DISTRICT_VIEW,
            Perm.DISTRICT_EDIT,
            # of the office itself: rows of the schools are other organisations'
            Perm.ROADMAP_VIEW,
            Perm.ROADMAP_EDIT,
        }
    ),
}

#: Whose password each role may replace by a one-time one, in its own organisation. A table of its own: a director may
#: do less in the site than a curator, and whoever gives the password could sign in with it. Nobody takes over the
#: director's or the psychologist's account but a director (security: nobody above one's own).
RENEWS: dict[Role, frozenset[Role]] = {
    Role.DIRECTOR: frozenset(Role) - {Role.COORDINATOR},
    Role.CURATOR: frozenset(Role) - {Role.COORDINATOR, Role.DIRECTOR, Role.PSYCHOLOGIST},
}

#: Which roles each role gives and takes in its own organisation: nobody one that reads more, or opens more doors, than
#: the own one (I1 of the threat model). A curator of some forms gives those of a pair only.
GIVES: dict[Role, frozenset[Role]] = {
    Role.DIRECTOR: frozenset(Role) - {Role.COORDINATOR},
    Role.CURATOR: frozenset(
        {Role.MENTEE, Role.MENTOR, Role.CLASS_TEACHER, Role.SOCIAL_TEACHER, Role.DEPUTY_DIRECTOR}
    ),
    Role.COORDINATOR: frozenset({Role.COORDINATOR}),
}
GIVES_OF_SOME_FORMS = frozenset({Role.MENTEE, Role.MENTOR})

#: Whose one-time password the giver sees only half of: with the whole one could sign in and read, or decide, what is
#: not one's own, a director the marks of meetings. The other half a second person shows (`Perm.SLIP_WITNESS`).
HALVED: dict[Role, frozenset[Role]] = {
    Role.DIRECTOR: frozenset({Role.DIRECTOR, Role.CURATOR, Role.PSYCHOLOGIST}),
    Role.CURATOR: frozenset({Role.DIRECTOR, Role.CURATOR}),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a predicate: allowed, or the reasons why not, in the order of importance."""

    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Tell whether nothing speaks against it."""
        return not self.reasons

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one organisation, valid today.

    `form_codes` narrows a curator of one направление to these forms of mentoring; empty means all.
    """

    role: Role
    organisation_id: int
    form_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Everything a query needs to know of the person who looks."""

    user_id: int
    person_id: int | None
    grants: tuple[Grant, ...]

    def may(self, perm: Perm) -> bool:
        """Tell whether any role of today carries the right."""
        return any(perm in GRANTS[grant.role] for grant in self.grants)

    def grants_for(self, perm: Perm) -> tuple[Grant, ...]:
        """Return the grants that carry the right: per organisation, never a cross product."""
        return tuple(grant for grant in self.grants if perm in GRANTS[grant.role])

    def organisations(self, perm: Perm, *, without: Iterable[Role] = ()) -> frozenset[int]:
        """Return the organisations in which the right is held by a role not in `without`."""
        left_out = frozenset(without)
        return frozenset(
            grant.organisation_id for grant in self.grants_for(perm) if grant.role not in left_out
        )

    def answers_for(self, perm: Perm) -> frozenset[int]:
        """Return the organisations in which the right is held over the whole, not over some forms."""
        return frozenset(
            grant.organisation_id for grant in self.grants_for(perm) if not grant.form_codes
        )

    def form_codes(self, perm: Perm, organisation_id: int) -> frozenset[str]:
        """Return the forms the right is narrowed to in an organisation; empty means no narrowing."""
        grants = [g for g in self.grants_for(perm) if g.organisation_id == organisation_id]
        if any(not grant.form_codes for grant in grants):
            return frozenset()
        return frozenset(code for grant in grants for code in grant.form_codes)

    def sees_part(self, perm: Perm) -> bool:
        """Tell whether the right opens only the own class or the own forms: then «nobody» is nobody of these."""
        return all(
            grant.role == Role.CLASS_TEACHER or grant.form_codes for grant in self.grants_for(perm)
        )

    def own_form_codes(self, organisation_id: int) -> frozenset[str]:
        """Return the forms a curator of an organisation is narrowed to; empty means no narrowing."""
        return self.form_codes(Perm.BASE_EDIT, organisation_id)

    def renews(self, role: Role, organisation_id: int) -> bool:
        """Tell whether this viewer may give a one-time password to somebody with a role in an organisation.

        A curator of some forms may not: an account is not of a form.
        """
        return any(
            role in RENEWS.get(grant.role, frozenset())
            for grant in self.grants
            if grant.organisation_id == organisation_id and not grant.form_codes
        )

    def gives(self, role: Role, organisation_id: int) -> bool:
        """Tell whether this viewer may give a role in an organisation, and take it."""
        return any(
            role in GIVES.get(grant.role, frozenset())
            and (not grant.form_codes or role in GIVES_OF_SOME_FORMS)
            for grant in self.grants
            if grant.organisation_id == organisation_id
        )

    def sees_half(self, role: Role, organisation_id: int) -> bool:
        """Tell whether a one-time password for a role is shown to this viewer by half only."""
        own = [grant.role for grant in self.grants if grant.organisation_id == organisation_id]
        return any(role in HALVED.get(one, frozenset()) for one in own)


NOBODY = Viewer(user_id=0, person_id=None, grants=())


class SignedIn(Protocol):
    """What marks and queries need of a user."""

    @property
    def is_authenticated(self) -> bool:
        """Tell whether somebody is signed in."""
        ...

    @property
    def viewer(self) -> Viewer:
        """Return what the user may do today."""
        ...
