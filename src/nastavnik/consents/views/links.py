"""Consents by a personal link: one page for a family, on any phone, without an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
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
    asked_by,
    asked_for,
    current_texts,
    link_by,
    links_to_make,
    needs_a_pen,
    signer_for,
    still_asking,
    text_of,
)
from nastavnik.consents.texts import purposes
from nastavnik.consents.views import people_of_bases
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, public, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of
from nastavnik.core.ui import confirm
from nastavnik.core.ui.personal_links import (
    link_gone,
    opens_here_only,
    send_on,
    sent_from,
    site_of,
    strip_of,
)
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.people.models import Person
from nastavnik.people.queries import class_names, group_names, in_class
from nastavnik.writers.blocks import Block

_SENT = "signed"


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
            "open": still_asking(
                ConsentLink.objects.visible_to(request.user)
                .filter(person__in=own, closed_at=None, expires_on__gte=today())
                .select_related("person", "guardian")
            ),
        },
        status=422 if form.is_bound else 200,
    )


def _strips(
    request: Request, made: Sequence[actions.FreshConsentLink], rest: Sequence[Person]
) -> HttpResponse:
    """Show fresh links, to be cut apart and as a text to send, and for whom there is none."""
    site = site_of(request)
    groups = group_names([one.link.person for one in made])
    strips = [
        {
            "link": one.link,
            "group": groups.get(one.link.person_id, ""),
            "strip": strip_of(site, f"/c/{one.token}/"),
        }
        for one in made
    ]
    context = {
        "strips": strips,
        "rest": rest,
        "n": len(strips),
        "is_here_only": opens_here_only(site),
    }
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
        return link_gone(request)
    signer = signer_for(link.person, today())
    if request.method == "GET":
        return _page(request, link, signer, {})
    asked = asked_by(link)
    answers = {one: request.POST.get(f"c-{one}", "") for one in asked}
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
    # shown before the paper was ticked off: a «no» is not dropped without a word
    faults |= {
        one: ""
        for one in link.versions
        if one not in asked and request.POST.get(f"c-{one}") == "no"
    }
    if faults:
        return _page(request, link, signer, faults)
    agreed = [Purpose(one) for one, said in answers.items() if said == "yes"]
    try:
        actions.answer_consent_link(link, agreed, conditions="; ".join(shown), by=None)
    except RefusedError:
        return link_gone(request)
    said = [link.organisation.short_name, len(agreed)]
    return send_on(reverse("consents:thanks"), said, name=_SENT)


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
    still = asked_by(link)
    for code, version in still.items():
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
        "on_paper": [str(Purpose(one).label) for one in link.versions if one not in still],
        "boxes": boxes,
        "ticked": set(request.POST),
        "marks": set(request.POST.getlist("marks")),
        "faults": faults,
    }
    return render(request, "consents/sign.html", context, status=422 if faults else 200)


@require_GET
@public
def thanks(request: HttpRequest) -> HttpResponse:
    """Say to the browser that has just sent its word that it has arrived."""
    said = sent_from(request, name=_SENT)
    if said is None:
        return render(request, "link_gone.html", status=404)
    return render(request, "consents/thanks.html", {"school": said[0], "n": said[1]})
