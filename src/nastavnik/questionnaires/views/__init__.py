"""Questionnaires: what may be asked, waves, links, and the page on which people answer."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, public, requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.personal_links import (
    link_gone,
    opens_here_only,
    send_on,
    sent_from,
    site_of,
    strip_of,
)
from nastavnik.engine.instruments import (
    NEW_KINDS,
    Instrument,
    check_answers,
    edited,
    forbidden_words,
)
from nastavnik.people.models import User
from nastavnik.people.queries import group_names
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import current_programme
from nastavnik.questionnaires import actions
from nastavnik.questionnaires.adapter import (
    ReadingRights,
    fed_items,
    instrument_of,
    read_instrument,
    results_of,
)
from nastavnik.questionnaires.choices import (
    FEWEST,
    KINDS,
    ROLES,
    STAGES,
    AnswerSource,
    InvitationState,
    WaveStatus,
)
from nastavnik.questionnaires.forms import InstrumentFileForm, LastDayForm, WaveForm
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Wave
from nastavnik.questionnaires.queries import (
    answers_so_far,
    answers_to_show,
    audience_of,
    audience_words,
    closes_itself_on,
    counted,
    invitation_by,
    is_to_be_erased,
    may_answer,
    n_blank_ballots,
    names_of,
    own_invitations,
    paper_queue,
    people_offered,
    predecessor_of,
    turnout_of,
    waiting_of,
    was_sent,
    why_not_taken_back,
)
from nastavnik.questionnaires.rendering import (
    AskedPage,
    given_in,
    sections_shown,
    step_of,
    typed_sections,
)
from nastavnik.questionnaires.tables import (
    FILES,
    answer_table,
    breaks_said,
    fields_of,
    state_of,
    wave_table,
)
from nastavnik.readers.questionnaires import MOST_BYTES

PER_PAGE = 50
_SENT = "sent"


# ---------------------------------------------------------------- what may be asked


@require_GET
@requires(Perm.WAVE_VIEW)
def instruments(request: Request) -> HttpResponse:
    """Show the questionnaires that may be asked, by when in the year they are."""
    versions = list(InstrumentVersion.objects.visible_to(request.user).in_use())
    by_stage = [
        (words, [_shown(one) for one in versions if one.stage == stage])
        for stage, words in STAGES.items()
    ]
    context = {
        "stages": [(words, rows) for words, rows in by_stage if rows],
        "n": len(versions),
        "may_edit": request.user.viewer.may(Perm.WAVE_EDIT),
        "drafts": InstrumentVersion.objects.visible_to(request.user).drafts_of(request.user),
    }
    return render(request, "questionnaires/instruments.html", context)


def _shown(version: InstrumentVersion) -> dict[str, object]:
    asked = instrument_of(version).asked
    return {
        "version": version,
        "role": ROLES.get(version.role, version.role),
        "is_of_bases": version.role in Side.values,
        "n_items": len(asked),
        "n_guarded": sum(item.privacy == "psychological" for item in asked),
    }


@require_GET
@requires(Perm.WAVE_VIEW)
def instrument(request: Request, instrument: str) -> HttpResponse:
    """Show a questionnaire as those who answer will see it, the whole of it on one page."""
    versions = InstrumentVersion.objects.visible_to(request.user).in_use().filter(code=instrument)
    version = versions.first()
    if version is None:
        raise Http404
    context = _preview(version) | {
        "may_edit": request.user.viewer.may(Perm.WAVE_EDIT),
        "files": FILES,
    }
    return render(request, "questionnaires/instrument.html", context)


def _preview(version: InstrumentVersion) -> dict[str, object]:
    asked = instrument_of(version)
    return {
        **_shown(version),
        "steps": [
            step_of(asked, section, number, {}, faults={}, people={}, is_preview=True)
            for number, section in enumerate(asked.sections, 1)
        ],
        "source": asked.source,
        "stage": STAGES.get(version.stage, version.stage),
    }


# ---------------------------------------------------------------- waves


@require_GET
@requires(Perm.WAVE_VIEW)
def waves(request: Request) -> HttpResponse:
    """Show the waves, the newest first."""
    rows = counted(Wave.objects.visible_to(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    table = wave_table(listing.rows_for(request, page, rows))
    if answer := listing.given(request, table):
        return answer
    context = {
        "page": page,
        "table": table,
        "n_open": Wave.objects.visible_to(request.user).answerable(today()).count(),
        "may_edit": request.user.viewer.may(Perm.WAVE_EDIT),
    }
    return render(request, "questionnaires/waves.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def open_wave(request: Request) -> HttpResponse:
    """Begin a wave: say whom, ask once more with the numbers, invite."""
    programme = current_programme(request.user)
    if programme is None:
        return render(request, "questionnaires/new.html", {"form": None})
    form = WaveForm(
        request.user, programme, request.POST or None, code=request.GET.get("instrument", "")
    )
    if form.is_bound and form.is_valid():
        if "sure" not in request.POST:
            return _sure(request, form)
        try:
            wave = actions.open_wave(programme, **form.asked, by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("People are asked. Now give them their links."))
            return redirect("questionnaires:wave", pk=wave.pk)
    status = 422 if form.is_bound else 200
    return render(request, "questionnaires/new.html", {"form": form}, status=status)


def _sure(request: Request, form: WaveForm) -> HttpResponse:
    """Return the page that says how many will be asked and who lacks a paper."""
    asked, programme = form.asked, current_programme(request.user)
    assert programme is not None  # noqa: S101 - the page asked for it
    whole = audience_of(programme, asked["rule"])
    n, n_unsigned = len(whole.people), len(whole.unsigned)
    follows = [
        _("Answers are taken from %(first)s to %(last)s.")
        % {"first": f"{asked['opens_on']:%d.%m.%Y}", "last": f"{asked['closes_on']:%d.%m.%Y}"},
        _("Nothing is sent to anybody by itself: links are printed or copied on the next page."),
    ]
    if n_unsigned:
        follows.insert(
            0,
            ngettext(
                "%(n)s person is not asked: the consent to personal data is not signed (%(names)s).",
                "%(n)s people are not asked: the consent to personal data is not signed (%(names)s).",
                n_unsigned,
            )
            % {
                "n": n_unsigned,
                "names": _few([person.short_name for person, _purposes in whole.unsigned]),
            },
        )
    return confirm.ask(
        request,
        heading=ngettext("Ask %(n)s person?", "Ask %(n)s people?", n) % {"n": n},
        sentence=f"«{asked['title'] or asked['version'].title}»",
        action=_("Ask"),
        back=request.get_full_path(),
        follows=follows,
        fields=[*((name, request.POST.get(name, "")) for name in form.fields), ("sure", "1")],
        is_mild=True,
    )


_FEW_NAMES = 6


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_FEW_NAMES])
    rest = len(names) - _FEW_NAMES
    return shown if rest <= 0 else _("%(names)s and %(n)s more") % {"names": shown, "n": rest}


def _wave(request: Request, pk: int, perm: Perm = Perm.WAVE_VIEW) -> Wave:
    rows = Wave.objects.visible_to(request.user).within(request.user, perm)
    return get_object_or_404(rows.select_related("version", "form", "programme"), pk=pk)


@require_GET
@requires(Perm.WAVE_VIEW)
def wave(request: Request, pk: int) -> HttpResponse:
    """Show how a wave stands: how many have answered, who is missing."""
    row = _wave(request, pk)
    turnout = turnout_of(row)
    state, words = state_of(row)
    context = {
        "wave": row,
        "state": state,
        "state_words": words,
        "turnout": turnout,
        "audience": audience_words(row),
        "feeds_base": not row.is_confidential
        and request.user.viewer.may(Perm.BASE_EDIT)
        and bool(fed_items(row.version, ReadingRights(texts=True, curator=True))),
        "is_open": row.status == WaveStatus.OPEN,
        "is_over": row.status == WaveStatus.OPEN and today() > row.closes_on,
        "closes_itself": closes_itself_on(row),
        "fewest": FEWEST,
        "may_edit": request.user.viewer.may(Perm.WAVE_EDIT),
    }
    return render(request, "questionnaires/wave.html", context)


@require_POST
@requires(Perm.WAVE_EDIT)
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite those who have come into the base or signed since."""
    row = _wave(request, pk, Perm.WAVE_EDIT)
    try:
        fresh = actions.invite_people(row, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(n)s person more is asked.", "%(n)s people more are asked.", len(fresh))
        messages.success(request, words % {"n": len(fresh)})
    return redirect("questionnaires:wave", pk=row.pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def links(request: Request, pk: int) -> HttpResponse:
    """Say who gets a fresh link, then show the links: the only time they are seen."""
    row = _wave(request, pk, Perm.WAVE_EDIT)
    waiting = waiting_of(row)
    groups = group_names([one.person for one in waiting])
    if request.method == "GET":
        context = {
            "wave": row,
            "groups": counted_groups(waiting, groups),
            "n_without": sum(one.token_sha256 is None for one in waiting),
            "n": len(waiting),
            "is_open": row.status == WaveStatus.OPEN,
            "only": next((one for one in waiting if str(one.pk) == request.GET.get("only")), None),
        }
        return render(request, "questionnaires/links.html", context)
    chosen = _chosen(request, waiting, groups)
    try:
        made = actions.make_links(row, chosen, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("questionnaires:wave", pk=row.pk)
    if not made:
        messages.error(
            request, _("Nobody fits: everybody here has a link already, or has answered.")
        )
        return redirect("questionnaires:links", pk=row.pk)
    return _strips(request, row, made, groups)


def counted_groups(
    waiting: Iterable[Invitation], groups: Mapping[int, str]
) -> list[tuple[str, int]]:
    """Return class → how many of them, the classes in their order, those without one last."""
    counts: dict[str, int] = {}
    for one in waiting:
        name = groups.get(one.person_id, "")
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda pair: (not pair[0], len(pair[0]), pair[0]))


def _chosen(
    request: Request, waiting: Sequence[Invitation], groups: Mapping[int, str]
) -> list[Invitation]:
    """Return whom the press is about: one person, a class, those without a link, everybody who has not answered."""
    if only := key_of(request.POST.get("only", "")):
        return [one for one in waiting if one.pk == only]
    who = request.POST.get("who", "new")
    if who == "new":
        return [one for one in waiting if one.token_sha256 is None]
    if who == "all":
        return list(waiting)
    return [one for one in waiting if f"={groups.get(one.person_id, '')}" == who]


def _strips(
    request: Request, row: Wave, made: Sequence[actions.FreshLink], groups: Mapping[int, str]
) -> HttpResponse:
    """Show fresh links by class, to be cut apart, and as a text to send."""
    site = site_of(request)
    by_group: dict[str, list[dict[str, object]]] = {}
    for link in made:
        strip = {"person": link.invitation.person, "strip": strip_of(site, f"/a/{link.token}/")}
        by_group.setdefault(groups.get(link.invitation.person_id, ""), []).append(strip)
    context = {
        "wave": row,
        "groups": sorted(by_group.items(), key=lambda pair: (not pair[0], len(pair[0]), pair[0])),
        "n": len(made),
        "is_here_only": opens_here_only(site),
    }
    return render(request, "questionnaires/strips.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def close(request: Request, pk: int) -> HttpResponse:
    """Ask, then take no more answers."""
    row = _wave(request, pk, Perm.WAVE_EDIT)
    back = reverse("questionnaires:wave", args=[row.pk])
    if request.method == "GET":
        if row.status == WaveStatus.CLOSED:
            messages.error(request, _("The wave is closed already."))
            return redirect(back)
        return _sure_to_close(request, row, back)
    try:
        actions.close_wave(row, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The wave is closed: links open nothing any more."))
    return redirect(back)


def _sure_to_close(request: Request, row: Wave, back: str) -> HttpResponse:
    turnout = turnout_of(row)
    follows = [
        _("Links stop working; what somebody has begun and not sent is not kept."),
        _("The wave can be opened again until another day: the same links work then.")
        if not row.is_confidential
        else _("A confidential wave cannot be opened again."),
    ]
    if is_to_be_erased(row):
        follows.append(
            _(
                "There are fewer than %(n)s answers: they are erased unread, for they could be told apart."
            )
            % {"n": FEWEST}
        )
    if n_blank := n_blank_ballots(row):
        follows.append(
            ngettext(
                "%(n)s sheet given back was blank: it is no answer.",
                "%(n)s sheets given back were blank: they are no answers.",
                n_blank,
            )
            % {"n": n_blank}
        )
    return confirm.ask(
        request,
        heading=_("Close the wave?"),
        sentence=_("%(n)s of %(total)s have answered.")
        % {"n": turnout.n_answered, "total": turnout.n_asked},
        action=_("Close"),
        back=back,
        follows=follows,
        is_mild=not row.is_confidential,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def last_day(request: Request, pk: int) -> HttpResponse:
    """Put another last day; of a closed wave that opens it again."""
    row = _wave(request, pk, Perm.WAVE_EDIT)
    is_closed = row.status == WaveStatus.CLOSED
    form = LastDayForm(
        request.POST if request.method == "POST" else None,
        initial={"closes_on": max(row.closes_on, today())},
    )
    if form.is_bound and form.is_valid():
        act = actions.reopen_wave if is_closed else actions.move_last_day
        try:
            act(row, closes_on=form.cleaned_data["closes_on"], by=request.user)
        except RefusedError as refusal:
            form.add_error("closes_on", list(refusal.reasons))
        else:
            words = _("The wave is open again.") if is_closed else _("The last day is changed.")
            messages.success(request, words)
            return redirect("questionnaires:wave", pk=row.pk)
    context = {"wave": row, "form": form, "is_closed": is_closed}
    status = 422 if form.is_bound else 200
    return render(request, "questionnaires/last_day.html", context, status=status)


@require_GET
@requires(Perm.WAVE_VIEW)
def results(request: Request, pk: int) -> HttpResponse:
    """Show what came of a wave, question by question; with the right to names also as a file."""
    row = _wave(request, pk)
    viewer = request.user.viewer
    rights = ReadingRights(
        texts=viewer.may(Perm.ANSWER_VIEW),
        curator=viewer.may(Perm.WAVE_EDIT),
        guarded=viewer.may(Perm.ANSWER_GUARDED),
    )
    asked = instrument_of(row.version)
    answers, n_uncovered = answers_to_show(row, with_names=rights.texts)
    names = names_of(answers, [item.code for item in asked.asked if item.of])
    if rights.texts and listing.is_whole(request) and answers:
        table = answer_table(row, asked, answers, rights, names)
        if given := listing.given(request, table):
            return given
    counts = counted(Wave.objects.visible_to(request.user).filter(pk=row.pk)).get()
    context = {
        "wave": row,
        "results": results_of(asked, answers, rights, names) if answers else [],
        "n_uncovered": n_uncovered,
        "n_blank": n_blank_ballots(row),
        "n_answered": counts.n_answered,  # type: ignore[attr-defined]
        "n_asked": counts.n_asked,  # type: ignore[attr-defined]
        "fewest": FEWEST,
        "is_open": row.status == WaveStatus.OPEN,
        "may_take_out": rights.texts and bool(answers),
    }
    return render(request, "questionnaires/results.html", context)


# ---------------------------------------------------------------- paper


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def paper(request: Request, pk: int) -> HttpResponse:
    """Enter what people have written on paper, one after another."""
    row = _wave(request, pk, Perm.WAVE_EDIT)
    here = reverse("questionnaires:paper", args=[row.pk])
    takes = row.takes_answers(today()) and not row.is_confidential
    asked = Invitation.objects.visible_to(request.user).filter(wave=row)
    chosen = (
        asked.select_related("wave__version", "person")
        .filter(pk=key_of(request.GET.get("who", "")))
        .first()
    )
    if request.method == "POST":
        if chosen is None or not takes:
            messages.error(request, _("Nothing is saved: choose whose paper it is."))
            return redirect(here)
        return _entered(request, chosen, here)
    if chosen is not None and takes and not may_answer(chosen):
        messages.error(
            request,
            _("%(name)s: answered already, or the consent to personal data does not hold.")
            % {"name": chosen.person.full_name},
        )
        return redirect(here)
    return _paper_page(request, row, chosen if takes else None, {}, {})


def _entered(request: Request, invitation: Invitation, here: str) -> HttpResponse:
    """Save the answers of one sheet and go on to the next person."""
    instrument = instrument_of(invitation.wave.version)
    given = given_in(request.POST, instrument, [item.code for item in instrument.asked])
    follower = paper_queue(invitation.wave).after(invitation)
    offered = people_offered(invitation, instrument)
    try:
        sent = actions.enter_answers(
            invitation,
            given,
            submit_key=request.POST.get("key", "")[:32],
            people={key for rows in offered.values() for key, _name in rows},
            by=request.user,
        )
    except RefusedError as refusal:
        if may_answer(invitation):
            return _paper_page(request, invitation.wave, invitation, given, {"": str(refusal)})
        messages.error(request, f"{invitation.person.full_name}: {refusal}")
        return redirect(here)
    if not sent.is_stored:
        return _paper_page(request, invitation.wave, invitation, given, sent.faults)
    messages.success(request, _("Saved: %(name)s.") % {"name": invitation.person.full_name})
    if sent.hidden:
        texts = "», «".join(instrument.item(code).text for code in sent.hidden)
        messages.warning(
            request,
            _("Not kept, for an answer before rules it out: «%(questions)s».")
            % {"questions": texts},
        )
    return redirect(f"{here}?who={follower.pk}" if follower else here)


def _paper_page(
    request: Request,
    row: Wave,
    chosen: Invitation | None,
    given: Mapping[str, object],
    faults: Mapping[str, str],
) -> HttpResponse:
    queue = paper_queue(row)
    instrument = instrument_of(row.version)
    context = {
        "wave": row,
        "queue": queue,
        "n": len(queue.rows),
        "chosen": chosen,
        "is_open": row.status == WaveStatus.OPEN,
        "is_time": row.takes_answers(today()),
        "faults": faults,
        "key": request.POST.get("key", "")[:32] or uuid4().hex,
    }
    if chosen is not None:
        context |= {
            "group": queue.group_of(chosen),
            "follower": queue.after(chosen),
            "sections": typed_sections(
                instrument, given, faults=faults, people=people_offered(chosen, instrument)
            ),
        }
    status = 422 if faults else 200
    return render(request, "questionnaires/paper.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Ask, then erase what was entered from somebody's paper."""
    rows = Invitation.objects.visible_to(request.user).select_related("person")
    invitation = get_object_or_404(rows, pk=pk)
    row = _wave(request, invitation.wave_id, Perm.WAVE_EDIT)
    back = reverse("questionnaires:paper", args=[row.pk])
    name = invitation.person.full_name
    if refusal := why_not_taken_back(invitation):
        messages.error(request, f"{name}: {refusal}")
        return redirect(
            back if row.status == WaveStatus.OPEN else reverse("questionnaires:wave", args=[row.pk])
        )
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Take back what was entered?"),
            sentence=_("%(name)s, «%(wave)s»: the answers entered from paper are erased.")
            % {"name": name, "wave": row.title},
            action=_("Take back"),
            back=back,
            follows=[
                _("The person counts as not answered: enter the right sheet, or give a link.")
            ],
        )
    try:
        actions.take_back_answers(invitation, by=request.user)
    except RefusedError as refusal:
        messages.error(request, f"{name}: {refusal}")
        return redirect(back)
    messages.success(request, _("Taken back: %(name)s.") % {"name": name})
    return redirect(f"{back}?who={invitation.pk}")


# ---------------------------------------------------------------- answering


@require_http_methods(["GET", "POST"])
@by_link
def answer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link answer, and until the end change the answers; any link that opens nothing shows the same page."""
    if request.method == "POST" and (sent := was_sent(token, request.POST.get("key", ""))):
        return _thanks(sent)
    invitation = invitation_by(token)
    if invitation is None:
        return link_gone(request)
    done = answering(request, invitation, AnswerSource.LINK, by=None)
    return done if done is not None else _thanks(invitation)


@require_http_methods(["GET", "POST"])
@requires(Perm.ANSWER_GIVE)
def answer(request: Request, pk: int) -> HttpResponse:
    """Let somebody signed in answer what the own person is asked."""
    invitation = get_object_or_404(own_invitations(request.user), pk=pk)
    done = answering(request, invitation, AnswerSource.ACCOUNT, by=request.user)
    if done is not None:
        return done
    messages.success(request, _("Thank you: your answers have arrived."))
    return redirect("cabinet:home")


def _thanks(invitation: Invitation) -> HttpResponse:
    """Send on to the page of thanks, which only the browser that has just sent may open."""
    wave = invitation.wave
    until = "" if wave.is_confidential else f"{wave.closes_on:%d.%m.%Y}"
    said = [wave.title, wave.organisation.short_name, until]
    return send_on(reverse("questionnaires:thanks"), said, name=_SENT)


@require_GET
@public
def thanks(request: HttpRequest) -> HttpResponse:
    """Say to the browser that has just sent answers that they have arrived."""
    said = sent_from(request, name=_SENT)
    if said is None:
        return render(request, "link_gone.html", status=404)
    context = {"title": said[0], "school": said[1], "until": said[2]}
    return render(request, "questionnaires/thanks.html", context)


def answering(
    request: HttpRequest,
    invitation: Invitation,
    source: AnswerSource,
    *,
    room: Mapping[str, str] | None = None,
    by: User | None,
) -> HttpResponse | None:
    """Show a page of a questionnaire, keep what it sends; None once the answers are stored.

    `room` is said of a computer room alone: `leave`, where whoever is not meant or has had enough goes, and `tail`, the last
    signs of the code.
    """
    visit = AnswerVisit(request, invitation, source, room)
    if request.method == "GET":
        return visit.page({})
    if visit.is_stale:
        return _relative("?s=1")
    try:
        faults = visit.keep(by=by)
        if faults:
            return visit.page(faults)
        if request.POST.get("go") != "send":
            return visit.onward()
        sent = actions.submit_answers(
            invitation,
            visit.answers,
            submit_key=request.POST.get("key", "")[:32],
            source=source,
            people=visit.people_keys,
            over=request.POST.get("over", ""),
            by=by,
        )
    except RefusedError:
        # it was answered or closed a moment ago
        return link_gone(request)
    return None if sent.is_stored else visit.page(sent.faults)


class AnswerVisit:
    """One look at a questionnaire on its way to be answered: page by page, or the whole of it on one."""

    def __init__(
        self,
        request: HttpRequest,
        invitation: Invitation,
        source: AnswerSource,
        room: Mapping[str, str] | None,
    ) -> None:
        self.request, self.invitation, self.room = request, invitation, room
        self.is_by_link = source == AnswerSource.LINK
        self.instrument = instrument_of(invitation.wave.version)
        self.answers = answers_so_far(invitation)
        self.people = people_offered(invitation, self.instrument)
        self.is_whole = "all" in request.GET

    @property
    def people_keys(self) -> set[str]:
        """Keys of all who may be named."""
        return {key for rows in self.people.values() for key, _name in rows}

    @property
    def is_stale(self) -> bool:
        """Whether the page was drawn before another one sent answers: those are to be seen before they are changed."""
        is_sent = self.invitation.state == InvitationState.ANSWERED
        return is_sent and self.request.POST.get("over", "") != self.invitation.submit_key

    def keep(self, *, by: User | None) -> dict[str, str]:
        """Keep what the page sent; return what is wrong with it, blanks left aside until all of it is sent."""
        codes_here = {code for step in self._here({}) for code in step.codes}
        given = given_in(self.request.POST, self.instrument, codes_here)
        actions.keep_draft(self.invitation, given, by=by)
        self.answers |= given
        checked = check_answers(self.instrument, self.answers, people=self.people_keys)
        return {
            code: fault
            for code, fault in checked.faults.items()
            if code in codes_here and given[code] is not None
        }

    def onward(self) -> HttpResponse:
        """Send on to the page before or after; the address is relative, so that nobody writes the link down."""
        if self.is_whole:
            return _relative("?all=1")
        step = -1 if self.request.POST.get("go") == "back" else 1
        return _relative(f"?s={self._number(self._steps({}), step)}")

    def page(self, faults: Mapping[str, str]) -> HttpResponse:
        """Return the page, with what is wrong on top; what is wrong elsewhere brings that page."""
        steps = self._steps(faults)
        here = self._here(faults)
        if faults and not any(code in faults for step in here for code in step.codes):
            here = [step for step in steps if any(code in faults for code in step.codes)][
                :1
            ] or here
        asked = [code for step in steps for code in step.codes]
        said = {code for code in asked if self.answers.get(code) is not None}
        now = {code for step in here for code in step.codes}
        context = {
            "wave": self.invitation.wave,
            "organisation": self.invitation.wave.organisation,
            "steps": here,
            "number": here[0].number,
            "n_steps": len(steps),
            "is_first": self.is_whole or here[0].number == 1,
            "is_last": self.is_whole or here[0].number == len(steps),
            "is_whole": self.is_whole,
            "cells": _cells(asked, said, now),
            "n_said": len(said),
            "n_asked": len(asked),
            "width": len(asked) * _CELL + 3,
            "faults": [question for step in here for question in step.questions if question.fault],
            "key": self.request.POST.get("key", "")[:32] or uuid4().hex,
            "is_confidential": self.invitation.wave.is_confidential,
            "is_by_link": self.is_by_link,
            "over": self.invitation.submit_key,
            "is_sent": self.invitation.state == InvitationState.ANSWERED,
            # the screens of a room are seen by the neighbours
            "person": None if self.room else self.invitation.person,
            "room": self.room,
        }
        status = 422 if faults else 200
        return render(self.request, "questionnaires/answer.html", context, status=status)

    def _steps(self, faults: Mapping[str, str]) -> list[AskedPage]:
        return _steps(self.instrument, self.answers, faults, self.people)

    def _here(self, faults: Mapping[str, str]) -> list[AskedPage]:
        steps = self._steps(faults)
        return steps if self.is_whole else [steps[self._number(steps) - 1]]

    def _number(self, steps: Sequence[AskedPage], step: int = 0) -> int:
        asked = key_of(self.request.GET.get("s", "1"))
        return max(1, min(asked + step, len(steps)))


_CELL = 20  # units of a cell of the progress


def _cells(asked: Sequence[str], said: set[str], now: set[str]) -> list[tuple[int, str]]:
    """Return where the cell of each question stands and how it looks: answered, on this page, neither."""
    return [
        (place * _CELL + 2, "on" if code in said else "here" if code in now else "")
        for place, code in enumerate(asked)
    ]


def _relative(address: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": address})


def _steps(
    asked: Instrument,
    answers: Mapping[str, object],
    faults: Mapping[str, str],
    people: Mapping[str, Sequence[tuple[str, str]]],
) -> list[AskedPage]:
    """Return the pages of a questionnaire, given the answers so far."""
    return [
        step_of(asked, section, number, answers, faults=faults, people=people)
        for number, section in enumerate(sections_shown(asked, answers), 1)
    ]


# ---------------------------------------------------------------- questionnaires of a school's own


def _draft_or_404(request: Request, pk: int) -> InstrumentVersion:
    return get_object_or_404(
        InstrumentVersion.objects.visible_to(request.user).drafts_of(request.user), pk=pk
    )


@require_POST
@requires(Perm.WAVE_EDIT)
def copy(request: Request, pk: int) -> HttpResponse:
    """Begin to change a questionnaire: a copy of a shipped one, the next version of an own one."""
    versions = InstrumentVersion.objects.visible_to(request.user).in_use()
    version = get_object_or_404(versions, pk=pk)
    draft = actions.copy_instrument(version, request.user.workplace, by=request.user)
    return redirect("questionnaires:draft", pk=draft.pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def draft(request: Request, pk: int) -> HttpResponse:
    """Change the words, options and questions of a draft."""
    row = _draft_or_404(request, pk)
    faults: Sequence[str] = ()
    if request.method == "POST":
        changes = {name: str(value) for name, value in request.POST.items()}
        try:
            actions.change_draft(row, edited(instrument_of(row), changes), by=request.user)
        except RefusedError as refusal:
            faults = refusal.reasons
        else:
            messages.success(request, _("The questionnaire is saved as a draft."))
            onward = "draft-preview" if request.POST.get("go") == "preview" else "draft"
            return redirect(f"questionnaires:{onward}", pk=row.pk)
    asked = instrument_of(row)
    before = predecessor_of(row)
    context = {
        "version": row,
        "head": {
            name: request.POST.get(name, getattr(row, name)) if faults else getattr(row, name)
            for name in ("title", "role", "stage")
        },
        "sections": fields_of(asked, request.POST if faults else {}),
        "roles": ROLES.items(),
        "stages": STAGES.items(),
        "kinds": [(kind.value, KINDS[kind]) for kind in NEW_KINDS],
        "faults": faults,
        "breaks": breaks_said(before, asked),
        "before": before,
        "doubts": forbidden_words(asked),
    }
    return render(request, "questionnaires/draft.html", context, status=422 if faults else 200)


@require_GET
@requires(Perm.WAVE_EDIT)
def draft_preview(request: Request, pk: int) -> HttpResponse:
    """Show a draft as those who answer would see it."""
    row = _draft_or_404(request, pk)
    return render(request, "questionnaires/instrument.html", _preview(row))


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def publish(request: Request, pk: int) -> HttpResponse:
    """Ask, with what can no longer be compared, and let a draft be asked."""
    row = _draft_or_404(request, pk)
    if request.method == "POST":
        try:
            actions.publish_draft(row, by=request.user)
        except RefusedError as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect("questionnaires:instruments")
        messages.success(request, _("The questionnaire may be asked now."))
        return redirect("questionnaires:instrument", instrument=row.code)
    return confirm.ask(
        request,
        heading=_("Publish the questionnaire?"),
        sentence=_("«%(title)s», version %(n)s. Its words stay as they are from now on; «Change» makes the next version.")
        % {"title": row.title, "n": row.number},
        action=_("Publish"),
        back=reverse("questionnaires:draft", args=[row.pk]),
        follows=[str(line) for line in breaks_said(predecessor_of(row), instrument_of(row))],
        is_mild=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def delete_draft(request: Request, pk: int) -> HttpResponse:
    """Ask and delete a draft."""
    row = _draft_or_404(request, pk)
    if request.method == "POST":
        try:
            actions.delete_draft(row, by=request.user)
        except RefusedError as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, _("The draft is deleted."))
        return redirect("questionnaires:instruments")
    return confirm.ask(
        request,
        heading=_("Delete the draft?"),
        sentence=_("«%(title)s», version %(n)s: nobody has been asked it. It cannot be brought back.")
        % {"title": row.title, "n": row.number},
        action=_("Delete"),
        back=reverse("questionnaires:draft", args=[row.pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
@takes_files(most_megabytes=2)
def take_file(request: Request) -> HttpResponse:
    """Make a draft of a questionnaire from a file."""
    form = InstrumentFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = read_instrument(file.read(MOST_BYTES + 1), file.name)
            row = actions.take_instrument(request.user.workplace, found.body, by=request.user)
        except RefusedError as refusal:
            form.add_error("file", list(refusal.reasons))
        else:
            for remark in found.remarks:
                messages.warning(request, remark)
            return redirect("questionnaires:draft", pk=row.pk)
    status = 422 if form.is_bound else 200
    return render(request, "questionnaires/take.html", {"form": form}, status=status)


@require_GET
@requires(Perm.WAVE_VIEW)
def instrument_file(request: Request, pk: int, kind: str) -> HttpResponse:
    """Give a version as a file: .yaml to keep, .xlsx in XLSForm to exchange, .docx to be approved."""
    row = get_object_or_404(InstrumentVersion.objects.visible_to(request.user), pk=pk)
    if kind not in FILES:
        raise Http404
    content_type, write = FILES[kind]
    name = get_valid_filename(f"{row.code}-{row.number}")
    header = content_disposition_header(as_attachment=True, filename=f"{name}.{kind}")
    data = write(instrument_of(row), row.number, request.user.workplace.full_name)
    return HttpResponse(
        data, content_type=content_type, headers={"Content-Disposition": header or "attachment"}
    )
