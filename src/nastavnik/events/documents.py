"""What the papers of events say: the minutes, and the invitations that are given out."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, Wanted
from nastavnik.documents.texts import Value
from nastavnik.events.choices import MINUTES_PAPER
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.organisations.models import Organisation
from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block

_HALF_CM = 8.4  # two of them stand side by side on an upright sheet


def compose_minutes(document: Document) -> Composed | None:
    """Return what the minutes say as things are: only what somebody entered; None where the event is gone."""
    event = ProgrammeEvent.objects.filter(pk=document.subject_id or 0).first()
    if event is None:
        return None
    organisation = event.organisation
    came = event.guests.filter(came=True).count() + (event.n_others or 0)
    agenda, heard, decided = (_lines(text) for text in (event.agenda, event.heard, event.decided))
    facts: dict[str, Value] = {
        "organisation": organisation.full_name,
        "date": adapter.day_or_blank(document.dated_on),
        "number": document.number,
        "town": organisation.town,
        "event": event.title,
        "held_on": f"{event.held_on:%d.%m.%Y}",
        "place": f" Место: {event.place}." if event.place else "",
        "chair": event.chair,
        "secretary": event.secretary,
        "chair_short": event.chair,
        "secretary_short": event.secretary,
        "present": f"{came} чел." if came else "",
        "agenda": agenda,
        "heard": heard,
        "decided": decided,
        **{
            f"has_{name}": "1" if said else ""
            for name, said in (("agenda", agenda), ("heard", heard), ("decided", decided))
        },
    }
    kept = {name: bool(facts[name]) for name in ("chair", "secretary", "present", "decided")}
    return Composed(facts, kept=kept)


def findings_of_minutes(document: Document) -> list[str]:
    """Return what draft minutes lack, in sentences."""
    lacks = {
        "present": _("It is not noted who came: tick it off on the page of the event."),
        "chair": _("The chair is not named."),
        "secretary": _("The secretary is not named."),
        "decided": _("No decision is written down."),
    }
    return [words for name, words in lacks.items() if not document.content.get(name)]


def _lines(text: str) -> list[str]:
    return [line.strip(" ;") for line in text.splitlines() if line.strip(" ;")]


def minutes_of(event: ProgrammeEvent) -> Document | None:
    """Return the minutes of an event in the register, if they are there."""
    return Document.objects.filter(
        organisation_id=event.organisation_id, kind=MINUTES_PAPER, subject_id=event.pk
    ).first()


def minutes_wanted(organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
    """Yield the minutes of the events of an organisation: those in the register, else ones that are not kept."""
    if not wanted.is_any:
        return
    events = ProgrammeEvent.objects.filter(organisation=organisation)
    for event in events.select_related("year", "organisation").order_by("held_on", "pk"):
        yield minutes_of(event) or Document(
            organisation=event.organisation,
            year=event.year,
            kind=MINUTES_PAPER,
            subject_id=event.pk,
        )


def invitations(
    event: ProgrammeEvent, guests: Sequence[tuple[EventGuest, str]], *, one_a_page: bool
) -> list[Block]:
    """Return the invitations of an event, one a page or several on a page to be cut apart.

    Args:
        event: what people are invited to.
        guests: each with the class or the post.
        one_a_page: whether each begins a page of its own.
    """
    if one_a_page:
        return list(_pages(event, guests))
    texts = [_card(event, guest, note) for guest, note in guests]
    pairs = [texts[n : n + 2] for n in range(0, len(texts), 2)]
    rows = [[one[0], one[1] if len(one) > 1 else ""] for one in pairs]
    columns = (
        blocks.TableColumn("Приглашение", _HALF_CM),
        blocks.TableColumn("Приглашение", _HALF_CM),
    )
    return [blocks.PaperTable(columns, blocks.joined(rows))]


def _pages(event: ProgrammeEvent, guests: Iterable[tuple[EventGuest, str]]) -> Iterator[Block]:
    for number, (guest, note) in enumerate(guests):
        if number:
            yield blocks.Annex(())
        yield blocks.Letterhead(event.organisation.full_name)
        yield blocks.Title("ПРИГЛАШЕНИЕ", is_centred=True)
        for line in _said(event, guest, note):
            yield blocks.Paragraph(line)
        yield blocks.Bullets(tuple(_lines(event.agenda)))


def _said(event: ProgrammeEvent, guest: EventGuest, note: str) -> list[str]:
    """Return the lines of one invitation; names stay as they are written, so nothing is declined wrongly."""
    whom = ", ".join(filter(None, (guest.person.full_name, note)))
    to = f"Родителям (законным представителям). Ученик: {whom}" if guest.is_family else whom
    when = f"{event.held_on:%d.%m.%Y}"
    if event.starts_at:
        when += f", {event.starts_at:%H:%M}"
    said = [to, f"Приглашаем: {event.title}.", f"Когда: {when}."]
    if event.place:
        said.append(f"Где: {event.place}.")
    if event.moved_from:
        said.append(f"Перенесено: раньше называли {event.moved_from:%d.%m.%Y}.")
    return said


def _card(event: ProgrammeEvent, guest: EventGuest, note: str) -> str:
    return "\n".join(
        [event.organisation.short_name, *_said(event, guest, note), *_lines(event.agenda)]
    )
