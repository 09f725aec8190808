"""A computer room: one address for all its computers, and for each who answers a code on a slip."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nastavnik.core import tries
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.links import SHORT_LENGTH, digest_of
from nastavnik.core.ui import confirm
from nastavnik.core.ui.personal_links import (
    link_gone,
    opens_here_only,
    send_on,
    sent_from,
    site_of,
    strip_of,
)
from nastavnik.people.queries import group_names
from nastavnik.questionnaires import actions
from nastavnik.questionnaires.choices import AnswerSource, InvitationState
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import (
    at_work_in_room,
    may_answer,
    paper_queue,
    room_by,
    seat_of,
    seated_by,
)
from nastavnik.questionnaires.views import answering, counted_groups

_SEAT, _DONE = "seat", "seat-done"
#: Two lessons after the last page that was sent or opened.
_SEAT_SECONDS = 90 * 60
#: Longer than the seat: a browser that still shows a seat which is over is told why.
_COOKIE_SECONDS = 24 * 60 * 60
_TAIL = 2  # signs of a code shown to whoever has entered it: who sees others holds another slip
_SALT = "nastavnik.seat"


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def room(request: Request, pk: int) -> HttpResponse:
    """Say which class answers in the computer room, then show its address and the slips: the only time they are seen."""
    rows = Wave.objects.visible_to(request.user).within(request.user, Perm.WAVE_EDIT)
    wave = get_object_or_404(rows, pk=pk)
    queue = paper_queue(wave)
    waiting = queue.rows
    groups = group_names([one.person for one in waiting])
    if request.method == "POST":
        who = request.POST.get("who", "")
        chosen = [one for one in waiting if who in {"all", f"={groups.get(one.person_id, '')}"}]
        at_work = at_work_in_room(wave)
        if at_work and chosen and "sure" not in request.POST:
            return _sure_to_end(request, wave, at_work, who)
        try:
            opened = actions.open_room(wave, chosen, by=request.user)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("questionnaires:room", pk=wave.pk)
        site = site_of(request)
        context = {
            "wave": wave,
            "strip": strip_of(site, f"/r/{opened.token}/"),
            "slips": [
                (one.person, groups.get(one.person_id, ""), f"{code[:3]}-{code[3:]}")
                for one, code in opened.slips
            ],
            "is_here_only": opens_here_only(site),
        }
        return render(request, "questionnaires/room_slips.html", context)
    context = {
        "wave": wave,
        "groups": counted_groups(waiting, groups),
        "n": len(waiting),
        "unsigned": queue.unsigned,
        "is_time": wave.takes_answers(today()),
    }
    return render(request, "questionnaires/room.html", context)


def _sure_to_end(
    request: Request, wave: Wave, at_work: Sequence[Invitation], who: str
) -> HttpResponse:
    """Return the page that says whose codes end by fresh slips: a class may be at work this minute."""
    begun = sum(one.state == InvitationState.STARTED for one in at_work)
    names = group_names([one.person for one in at_work])
    classes = ", ".join(
        f"{group or _('Without a class')}: {n}" for group, n in counted_groups(at_work, names)
    )
    return confirm.ask(
        request,
        heading=_("End the room that is open today?"),
        sentence=ngettext(
            "%(n)s person has a code of today and has not answered (%(classes)s).",
            "%(n)s people have a code of today and have not answered (%(classes)s).",
            len(at_work),
        )
        % {"n": len(at_work), "classes": classes},
        action=_("End it and make the slips"),
        back=reverse("questionnaires:room", args=[wave.pk]),
        follows=[
            _("Its address and its codes stop working at once, on every computer."),
            _("Have begun of them: %(n)s. What «Next» has kept stays; whoever gets a fresh code goes on from there.")
            % {"n": begun},
        ],
        fields=[("who", who), ("sure", "1")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@by_link
def enter_room(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever sits at a computer of the room enter the code of the own slip; nobody is named here."""
    wave = room_by(token)
    if wave is None:
        return link_gone(request)
    status = 200
    if request.method == "POST":
        budget = [(tries.LINK, tries.address_of(request))]
        try:
            # before the code is looked up: else a spent budget would still open by a right guess
            tries.take(budget)
        except tries.TooManyError:
            status = 429
        else:
            status, code = 422, request.POST.get("code", "")
            seated = seated_by(token, code) if len(code) <= SHORT_LENGTH * 3 else None
            if seated is not None:
                tries.give_back(budget)
                response = redirect("questionnaires:room-answer", token=token)
                tail = "".join(sign for sign in code.upper() if sign.isalnum())[-_TAIL:]
                _give_seat(response, token, _Seat(seated, tail))
                response.delete_cookie(_DONE)
                return response
    context = {
        "wave": wave,
        "status": status,
        "typed": request.POST.get("code", "")[: SHORT_LENGTH * 3],
        "why": request.GET.get("why", "") if request.method == "GET" else "",
        "is_done": request.method == "GET" and sent_from(request, name=_DONE) is not None,
    }
    page = render(request, "questionnaires/room_enter.html", context, status=status)
    # whoever comes here has left: the next one at this computer does not go on with another's answers
    page.delete_cookie(_SEAT, path="/r/")
    return page


@require_http_methods(["GET", "POST"])
@by_link
def answer_in_room(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has entered a code answer; then the computer waits for the next one."""
    if room_by(token) is None:
        return link_gone(request)
    enter = reverse("questionnaires:room-enter", args=[token])
    try:
        seat = _seat(request, token)
    except signing.SignatureExpired:
        return redirect(f"{enter}?why=time")
    if seat is None:
        return redirect(enter)
    invitation = seat.invitation
    key = request.POST.get("key", "")
    is_sent = bool(key) and key == invitation.submit_key  # the same press once more
    if not is_sent:
        if not may_answer(invitation):
            is_answered = invitation.state == InvitationState.ANSWERED
            return redirect(f"{enter}?why={'sent' if is_answered else 'closed'}")
        shown = {"leave": enter, "tail": seat.tail}
        done = answering(request, invitation, AnswerSource.ROOM, room=shown, by=None)
        if done is not None:
            _give_seat(done, token, seat)
            return done
    thanked = send_on(enter, [invitation.wave_id], name=_DONE)
    thanked.delete_cookie(_SEAT, path="/r/")
    return thanked


@dataclass(frozen=True, slots=True)
class _Seat:
    """Who sits at a computer, and the last signs of the code as they were typed."""

    invitation: Invitation
    tail: str


def _give_seat(response: HttpResponse, token: str, seat: _Seat) -> None:
    """Let the browser answer as somebody, from now on for the whole time."""
    response.set_cookie(
        _SEAT,
        signing.dumps([digest_of(token), seat.invitation.pk, seat.tail], salt=_SALT),
        max_age=_COOKIE_SECONDS,
        path="/r/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _seat(request: HttpRequest, token: str) -> _Seat | None:
    """Return whose code was entered in this browser, in this room.

    Raises:
        SignatureExpired: the time of this code at this computer is over.
    """
    try:
        room_digest, pk, tail = signing.loads(
            request.COOKIES.get(_SEAT, ""), salt=_SALT, max_age=_SEAT_SECONDS
        )
    except signing.SignatureExpired:
        raise
    except (signing.BadSignature, ValueError):
        return None
    invitation = seat_of(pk) if room_digest == digest_of(token) else None
    return None if invitation is None else _Seat(invitation, tail)
