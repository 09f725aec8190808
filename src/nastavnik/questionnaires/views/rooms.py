"""A computer room: one address for all its computers, and for each who answers a code on a slip."""

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from nastavnik.core import tries
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.links import SHORT_LENGTH, digest_of
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
from nastavnik.questionnaires.choices import AnswerSource
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import may_answer, room_by, seat_of, seated_by, waiting_of
from nastavnik.questionnaires.views import answering, counted_groups

_SEAT, _DONE = "seat", "seat-done"
_SEAT_SECONDS = 3600
_SALT = "nastavnik.seat"


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def room(request: Request, pk: int) -> HttpResponse:
    """Say which class answers in the computer room, then show its address and the slips: the only time they are seen."""
    rows = Wave.objects.visible_to(request.user).within(request.user, Perm.WAVE_EDIT)
    wave = get_object_or_404(rows, pk=pk)
    waiting = waiting_of(wave)
    groups = group_names([one.person for one in waiting])
    if request.method == "POST":
        who = request.POST.get("who", "")
        chosen = [one for one in waiting if who in {"all", f"={groups.get(one.person_id, '')}"}]
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
        "is_time": wave.takes_answers(today()),
    }
    return render(request, "questionnaires/room.html", context)


@require_http_methods(["GET", "POST"])
@by_link
def enter_room(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever sits at a computer of the room enter the code of the own slip; nobody is named here."""
    wave = room_by(token)
    if wave is None:
        return link_gone(request)
    if request.method == "POST" and len(request.POST.get("code", "")) <= SHORT_LENGTH * 3:
        seated = seated_by(token, request.POST.get("code", ""))
        if seated is not None:
            response = redirect("questionnaires:room-answer", token=token)
            response.set_cookie(
                _SEAT,
                signing.dumps([digest_of(token), seated.pk], salt=_SALT),
                max_age=_SEAT_SECONDS,
                path="/r/",
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
            response.delete_cookie(_DONE)
            return response
    status = 200
    if request.method == "POST":
        status = 422
        try:
            tries.take([(tries.LINK, tries.address_of(request))])
        except tries.TooManyError:
            status = 429
    context = {
        "wave": wave,
        "is_wrong": status != 200,  # noqa: PLR2004 - as it says
        "is_done": request.method == "GET" and sent_from(request, name=_DONE) is not None,
    }
    return render(request, "questionnaires/room_enter.html", context, status=status)


@require_http_methods(["GET", "POST"])
@by_link
def answer_in_room(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has entered a code answer; then the computer waits for the next one."""
    if room_by(token) is None:
        return link_gone(request)
    invitation = _seated(request, token)
    if invitation is None:
        return redirect("questionnaires:room-enter", token=token)
    key = request.POST.get("key", "")
    is_sent = bool(key) and key == invitation.submit_key  # the same press once more
    if not is_sent:
        if not may_answer(invitation):
            return redirect("questionnaires:room-enter", token=token)
        done = answering(request, invitation, AnswerSource.ROOM, by=None)
        if done is not None:
            return done
    address = redirect("questionnaires:room-enter", token=token)["Location"]
    response = send_on(address, [invitation.wave_id], name=_DONE)
    response.delete_cookie(_SEAT, path="/r/")
    return response


def _seated(request: HttpRequest, token: str) -> Invitation | None:
    """Return whose code was entered in this browser, in this room."""
    try:
        room_digest, pk = signing.loads(
            request.COOKIES.get(_SEAT, ""), salt=_SALT, max_age=_SEAT_SECONDS
        )
    except signing.BadSignature:
        return None
    if room_digest != digest_of(token):
        return None
    return seat_of(pk)
