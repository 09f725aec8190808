"""Consents by a personal link: one page for a family, on any phone, without an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.consents import actions
from nastavnik.consents.choices import Purpose, Signer
from nastavnik.consents.documents import body_blocks
from nastavnik.consents.forms import LinksForm
from nastavnik.consents.models import ConsentLink
from nastavnik.consents.queries import (
    asked_for,
    current_texts,
    link_by,
    links_to_make,
    needs_a_pen,
    signer_for,
    text_of,
)
from nastavnik.consents.texts import purposes
from nastavnik.consents.views import people_of_bases
from nastavnik.core import codes, tries
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, public, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of
from nastavnik.core.ui import confirm
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.people.models import Person
from nastavnik.people.queries import class_names, group_names, in_class
from nastavnik.writers.blocks import Block

_COOKIE, _SALT, _SENT_SECONDS = "signed", "nastavnik.signed", 600
_HERE_ONLY = ("localhost", "127.0.0.1", "::1")


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def links(request: Request) -> HttpResponse:
    """Say who is to sign by a link, then show the links: the only time they are seen."""
    own = (
        Person.objects.visible_to(request.user)
        .within(request.user, Perm.CONSENT_TICK)
        .filter(pk__in=people_of_bases(request).values("pk"))
    )
    only = own.filter(pk=key_of(request.GET.get("person", ""))).first()
    texts = current_texts(request.user.workplace)
    written = [one for one, text in texts.items() if needs_a_pen(text)]
    offered = [one for one in texts if one not in written]
    form = LinksForm(class_names(request.user), offered, request.POST or None)
    if only is not None:
        del form.fields["group"]
    if form.is_bound and form.is_valid():
        group = form.cleaned_data.get("group", "")
        people = own.filter(pk=only.pk) if only else own
        if group:
            people = people.filter(pk__in=in_class(group).values("person_id"))
        wanted = [Purpose(one) for one in form.cleaned_data["purposes"]]
        ready, rest = links_to_make(asked_for(people, wanted, only_missing=True))
        try:
            made = actions.make_consent_links(request.user.workplace, ready, by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            return _strips(request, made, rest)
    return render(
        request,
        "consents/links.html",
        {
            "form": form,
            "only": only,
            "written": written,
            "n_people": own.count(),
            "open": ConsentLink.objects.visible_to(request.user)
            .filter(person__in=own, closed_at=None, expires_on__gte=today())
            .select_related("person", "guardian"),
        },
        status=422 if form.is_bound else 200,
    )


def _strips(
    request: Request, made: Sequence[actions.FreshConsentLink], rest: Sequence[Person]
) -> HttpResponse:
    site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    is_here_only = urlsplit(site).hostname in _HERE_ONLY
    groups = group_names([one.link.person for one in made])
    strips = []
    for one in made:
        address = f"{site}/c/{one.token}/"
        side, path = (0, "") if is_here_only else codes.drawn(address.upper())
        strips.append(
            {
                "link": one.link,
                "group": groups.get(one.link.person_id, ""),
                "address": address,
                "side": side,
                "path": path,
            }
        )
    context = {"strips": strips, "rest": rest, "n": len(strips), "is_here_only": is_here_only}
    return render(request, "consents/strips.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def close(request: Request, pk: int) -> HttpResponse:
    """Ask, then close a link that is open."""
    row = get_object_or_404(
        ConsentLink.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Close the link?"),
            sentence=_(
                "%(name)s: whoever holds the link opens nothing any more. A new one can be made."
            )
            % {"name": row.person.full_name},
            action=_("Close"),
            back=reverse("consents:links"),
        )
    with refusals_told(request):
        actions.close_consent_link(row, by=request.user)
        messages.success(request, _("The link is closed."))
    return redirect("consents:links")


# ---------------------------------------------------------------- the page of a family


@dataclass(frozen=True, slots=True)
class AskedConsent:
    """A consent as the page asks for it."""

    purpose: Purpose
    title: str
    blocks: Sequence[Block]
    marks: Sequence[str]
    answer: str
    fault: str


@require_http_methods(["GET", "POST"])
@by_link
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link agree or not, consent by consent; a wrong, used, closed or old one shows the same page."""
    link = link_by(token)
    if link is None:
        return _gone(request)
    signer = signer_for(link.person, today())
    if request.method == "GET":
        return _page(request, link, signer, {})
    answers = {one: request.POST.get(f"c-{one}", "") for one in link.versions}
    shown = [
        mark
        for mark in purposes()[Purpose.PUBLICATION].marks
        if mark in request.POST.getlist("marks")
    ]
    faults = {
        one: _("Say yes or no.") for one, said in answers.items() if said not in {"yes", "no"}
    }
    if answers.get(Purpose.PUBLICATION) == "yes" and not shown:
        faults[Purpose.PUBLICATION.value] = _("Mark what may be shown, or say no.")
    faults |= {name: words for name, words in _who_confirms(signer) if name not in request.POST}
    if faults:
        return _page(request, link, signer, faults)
    agreed = [Purpose(one) for one, said in answers.items() if said == "yes"]
    try:
        actions.answer_consent_link(link, agreed, conditions="; ".join(shown), by=None)
    except RefusedError:
        return _gone(request)
    return _thanks(link, len(agreed))


def _who_confirms(signer: Signer) -> list[tuple[str, str]]:
    """Return the boxes that have to be ticked, by who signs, each with what is said where it is not."""
    boxes = []
    if signer != Signer.PERSON:
        boxes.append(("i-am-guardian", _("Tick that you are the legal representative.")))
    if signer == Signer.BOTH:
        boxes.append(
            ("i-am-pupil", _("The pupil is 14 or older and agrees too: tick it together."))
        )
    if signer == Signer.PERSON:
        boxes.append(("i-am-person", _("Tick that it is you.")))
    return boxes


def _page(
    request: HttpRequest, link: ConsentLink, signer: Signer, faults: Mapping[str, str]
) -> HttpResponse:
    asked = []
    for code, version in link.versions.items():
        text = text_of(link.organisation, code, version)
        assert text is not None  # noqa: S101 - kept when the link was made
        record = purposes()[Purpose(code)]
        asked.append(
            AskedConsent(
                Purpose(code),
                text.title,
                list(body_blocks(text.body)),
                record.marks,
                request.POST.get(f"c-{code}", ""),
                faults.get(code, ""),
            )
        )
    boxes = {name: faults.get(name, "") for name, _words in _who_confirms(signer)}
    context = {
        "link": link,
        "person": link.person,
        "consents": asked,
        "boxes": boxes,
        "ticked": set(request.POST),
        "marks": set(request.POST.getlist("marks")),
        "faults": faults,
    }
    return render(request, "consents/sign.html", context, status=422 if faults else 200)


def _gone(request: HttpRequest) -> HttpResponse:
    """Return the one page for every link that opens nothing: it tells neither what it was nor whether it was one."""
    status = 404
    try:
        tries.take([(tries.LINK, tries.address_of(request))])
    except tries.TooManyError:
        status = 429
    return render(request, "consents/gone.html", status=status)


def _thanks(link: ConsentLink, n_agreed: int) -> HttpResponse:
    """Send on to the page of thanks, which only the browser that has just sent may open."""
    response = HttpResponseRedirect(reverse("consents:thanks"))
    response.set_cookie(
        _COOKIE,
        signing.dumps([link.organisation.short_name, n_agreed], salt=_SALT),
        max_age=_SENT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_GET
@public
def thanks(request: HttpRequest) -> HttpResponse:
    """Say to the browser that has just sent its word that it has arrived."""
    try:
        said = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_SENT_SECONDS)
    except signing.BadSignature:
        return render(request, "consents/gone.html", status=404)
    return render(request, "consents/thanks.html", {"school": said[0], "n": said[1]})
