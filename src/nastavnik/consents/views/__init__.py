"""The ledger of consents."""

import datetime as dt
import re
from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.consents import actions
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose, Signer
from nastavnik.consents.documents import body_blocks, compose_pack, title_of, version_words
from nastavnik.consents.forms import (
    BlanksForm,
    DayForm,
    GuardianForm,
    LedgerFilter,
    PurposeForm,
    RecordForm,
    ReturnedForm,
    SignedForm,
    TextForm,
)
from nastavnik.consents.models import (
    BlankSheet,
    Consent,
    ConsentLink,
    ConsentScan,
    ConsentText,
    Guardian,
    PrintPack,
)
from nastavnik.consents.queries import (
    CurrentText,
    GivenOut,
    LedgerRow,
    asked_for,
    batch_of,
    current_texts,
    history_of,
    last_batch,
    ledger_rows,
    missing_by_class,
    missing_purposes,
    n_fresh,
    packs_of,
    sheets_of,
    signer_for,
    told_purposes,
    why_it_stays,
    why_not_withdrawn,
    why_over,
)
from nastavnik.consents.tables import ledger_table
from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import consent_needs
from nastavnik.core.http import Request, key_of
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.core.ui.ticks import Ticks
from nastavnik.people.models import Person
from nastavnik.people.queries import class_names, in_class, roster
from nastavnik.writers.looks import BLANK_FORM
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

PER_PAGE = 50
_LINES = re.compile("_{9,}")  # lines to write on are broader than a phone
N_PACKS = 20


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_VIEW)
def ledger(request: Request) -> HttpResponse:
    """Show who has signed what and who is missing; a curator ticks papers off, one or many."""
    may_edit = request.user.viewer.may(Perm.CONSENT_TICK)
    people = Person.objects.visible_to(request.user).filter(
        pk__in=consent_needs.people_needing_consent(request.user)
    )
    filters = LedgerFilter(class_names(request.user), request.GET)
    filters.is_valid()
    chosen = {key: filters.cleaned_data.get(key, "") for key in ("q", "group", "kind")}
    asked = roster(request.user, **chosen).filter(pk__in=people.values("pk"))
    if filters.part:
        asked = asked.filter(pk__in=filters.part.people(request.user))
    rows = ledger_rows(asked, NEEDED_FOR_BASE)
    n_missing, n_asked = sum(1 for row in rows if row.missing), len(rows)
    if filters.cleaned_data.get("show"):
        rows = [row for row in rows if row.missing]
    ticks = Ticks.of(request, "people", also=("purposes", "signed_on"))

    def found() -> list[int]:
        return [row.person.pk for row in rows]

    if request.method == "POST" and (moved := ticks.moved(filters, found)):
        return moved
    own = people.within(request.user, Perm.CONSENT_TICK)
    form = RecordForm(own, ticks.sent() if may_edit else None)
    ticks.fill(form)
    if form.is_bound and form.is_valid() and (question := _question(request, form)):
        ticks.keep()
        return question
    if form.is_bound and form.is_valid() and _record(request, form):
        ticks.drop()
        return redirect(request.get_full_path())
    page = page_of(request, rows, PER_PAGE)
    shown = [row.person.pk for row in page.object_list]
    ticks.laid_on(page, found, shown, there=lambda: people.values_list("pk", flat=True))
    here = listing.rows_for(request, page, rows)
    table = ledger_table(here, ticks if may_edit else None, listing.narrowed_by(filters))
    if answer := listing.given(request, table):
        return answer
    return render(
        request,
        "consents/ledger.html",
        {
            "form": form,
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "page": page,
            "table": table,
            "ticks": ticks if may_edit else None,
            "n_people": n_asked,
            "sees_part": request.user.viewer.sees_part(Perm.CONSENT_VIEW),
            "is_narrowed": any(chosen.values()) or filters.part is not None,
            "n_missing": n_missing,
            "may_edit": may_edit,
            "batch": last_batch(request.user, timezone.now()) if may_edit else None,
        },
        status=422 if form.is_bound else 200,
    )


def _question(request: Request, form: RecordForm) -> HttpResponse | None:
    """Return the page that says what a press ticks off; None for one person, or where it has been answered."""
    data = form.cleaned_data
    people = list(data["people"])
    if len(people) < 2 or "sure" in request.POST or data["signed_on"] > today():  # noqa: PLR2004 - more than one
        return None
    purposes = [Purpose(value) for value in data["purposes"]]
    n = n_fresh(people, purposes, data["signed_on"])
    n_there = len(people) * len(purposes) - n
    follows = [
        _("Papers: %(purposes)s.") % {"purposes": ", ".join(str(one.label) for one in purposes)},
        _(
            "A tick says that the signed paper is in your hands: with both papers people may be matched."
        ),
        _("What is ticked by mistake is taken back on the ledger or on the page of the person."),
    ]
    if n_there:
        follows.insert(
            1,
            ngettext(
                "%(n)s paper is there already and stays as it is.",
                "%(n)s papers are there already and stay as they are.",
                n_there,
            )
            % {"n": n_there},
        )
    return confirm.ask(
        request,
        heading=ngettext("Tick off %(n)s paper?", "Tick off %(n)s papers?", n) % {"n": n},
        sentence=ngettext(
            "%(n)s person, signed on %(day)s.", "%(n)s people, signed on %(day)s.", len(people)
        )
        % {"n": len(people), "day": f"{data['signed_on']:%d.%m.%Y}"},
        action=_("Tick off"),
        back=request.get_full_path(),
        follows=follows,
        fields=[
            *(("people", person.pk) for person in people),
            *(("purposes", purpose.value) for purpose in purposes),
            ("signed_on", data["signed_on"].isoformat()),
            ("sure", "1"),
        ],
        is_mild=True,
    )


def _record(request: Request, form: RecordForm) -> bool:
    try:
        fresh = actions.record_consents(
            form.cleaned_data["people"],
            [Purpose(value) for value in form.cleaned_data["purposes"]],
            signed_on=form.cleaned_data["signed_on"],
            by=request.user,
        )
    except RefusedError as refusal:
        form.add_error("signed_on", list(refusal.reasons))
        return False
    messages.success(
        request,
        ngettext("%(n)s paper is ticked off.", "%(n)s papers are ticked off.", len(fresh))
        % {"n": len(fresh)},
    )
    return True


@require_GET
@requires(Perm.CONSENT_VIEW)
def person_consents(request: Request, pk: int) -> HttpResponse:
    """Show the papers of one person, withdrawn ones too, their history, and what was covered on a past day."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    looks.note_look(request, "consents", [person.pk], organisation_id=person.organisation_id)
    row: LedgerRow = ledger_rows([person], NEEDED_FOR_BASE)[0]
    used = ConsentLink.objects.visible_to(request.user).filter(used_at__isnull=False)
    answered = list(used.filter(person=person)[:1])
    papers = list(
        Consent.objects.visible_to(request.user)
        .filter(person=person)
        .select_related("guardian", "scan", "person")
    )
    asked = DayForm(request.GET if "day" in request.GET else None)
    day = asked.cleaned_data["day"] if asked.is_valid() else None
    return render(
        request,
        "consents/person.html",
        {
            "row": row,
            "person": person,
            "consents": [
                (
                    paper,
                    version_words(paper.text_version),
                    why_over(paper, today()),
                    not why_not_withdrawn(paper, today()),
                )
                for paper in papers
            ],
            "may_print": Person.objects.visible_to(request.user)
            .within(request.user, Perm.CONSENT_TICK)
            .filter(pk=person.pk)
            .exists(),
            "answered": answered,
            "refused": ", ".join(
                str(Purpose(one).label) for link in answered for one in link.refused
            ),
            "scanned": {paper.pk for paper in papers if hasattr(paper, "scan")},
            "guardians": Guardian.objects.visible_to(request.user).filter(person=person),
            "is_of_age": row.signer == Signer.PERSON,
            "history": history_of(request.user, person),
            "day_form": asked,
            "day": day,
            "days": _on_day(person, day) if day else [],
            "may_edit": request.user.viewer.may(Perm.CONSENT_EDIT),
            "correctable": set(
                Consent.objects.visible_to(request.user)
                .correctable_by(request.user)
                .filter(person=person)
                .values_list("pk", flat=True)
            ),
        },
    )


@require_GET
@requires(Perm.CONSENT_VIEW)
def missing(request: Request) -> HttpResponse:
    """Say by class who has not signed one consent, with a text to copy for the class teachers."""
    asked = PurposeForm({"purpose": request.GET.get("purpose", Purpose.DATA.value)})
    if not asked.is_valid():
        asked = PurposeForm({"purpose": Purpose.DATA.value})
        asked.is_valid()
    purpose = Purpose(asked.cleaned_data["purpose"])
    rows = ledger_rows(people_of_bases(request), [purpose])
    found = missing_by_class(rows, purpose)
    return render(
        request,
        "consents/missing.html",
        {
            "purpose_form": asked,
            "purpose": purpose,
            "is_needed": purpose in NEEDED_FOR_BASE,
            "classes": found,
            "n_missing": sum(len(one.names) for one in found),
            "n_people": len(rows),
            "may_edit": request.user.viewer.may(Perm.CONSENT_TICK),
        },
    )


def people_of_bases(request: Request) -> QuerySet[Person]:
    """Return whom the programme concerns, as far as the user sees them."""
    return roster(request.user).filter(pk__in=consent_needs.people_needing_consent(request.user))


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def print_blanks(request: Request) -> HttpResponse:
    """Say which blanks are to be printed for whom; then give them out."""
    own = (
        Person.objects.visible_to(request.user)
        .within(request.user, Perm.CONSENT_TICK)
        .filter(pk__in=people_of_bases(request).values("pk"))
    )
    only = own.filter(pk=key_of(request.GET.get("person", ""))).first()
    groups = class_names(request.user)
    form = BlanksForm(groups, request.POST or None, initial={"group": request.GET.get("group", "")})
    if only is not None:
        del form.fields["group"]
    if form.is_bound and form.is_valid():
        group = form.cleaned_data.get("group", "")
        people = own.filter(pk=only.pk) if only else own
        if group:
            people = people.filter(pk__in=in_class(group).values("person_id"))
        asked = asked_for(
            people,
            [Purpose(one) for one in form.cleaned_data["purposes"]],
            only_missing=form.cleaned_data["who"] == "missing",
        )
        title = only.full_name if only else group or _("Everybody in the bases")
        try:
            pack = actions.print_blanks(request.user.workplace, asked, title=title, by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            return redirect("consents:pack", pk=pack.pk)
    return render(
        request,
        "consents/print.html",
        {
            "form": form,
            "only": only,
            "n_people": own.count(),
            "packs": packs_of(request.user)[:N_PACKS],
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def pack(request: Request, pk: int) -> HttpResponse:
    """Show what was given out and what has come back; tick off what comes back."""
    row, sheets = _pack(request, pk)
    waiting = BlankSheet.objects.visible_to(request.user).filter(
        pk__in=[one.sheet.pk for one in sheets if not one.is_back]
    )
    form = ReturnedForm(waiting.select_related("person", "pack"), request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            fresh = actions.record_returned(
                form.cleaned_data["sheets"],
                signed_on=form.cleaned_data["signed_on"],
                by=request.user,
            )
        except RefusedError as refusal:
            form.add_error("signed_on", list(refusal.reasons))
        else:
            words = ngettext(
                "%(n)s paper is ticked off.", "%(n)s papers are ticked off.", len(fresh)
            )
            messages.success(request, words % {"n": len(fresh)})
            return redirect("consents:pack", pk=row.pk)
    chosen = set(request.POST.getlist("sheets")) if form.is_bound else set()
    return render(
        request,
        "consents/pack.html",
        {
            "pack": row,
            "sheets": [
                (one, title_of(one.sheet), "all" in request.GET or str(one.sheet.pk) in chosen)
                for one in sheets
            ],
            "form": form,
            "n": len(sheets),
            "n_back": sum(one.is_back for one in sheets),
            "batch": last_batch(request.user, timezone.now()),
        },
        status=422 if form.is_bound else 200,
    )


def _pack(request: Request, pk: int) -> tuple[PrintPack, list[GivenOut]]:
    packs = PrintPack.objects.visible_to(request.user).select_related("organisation")
    row = get_object_or_404(packs, pk=pk)
    sheets = sheets_of(request.user, row)
    if not sheets:
        raise Http404
    return row, sheets


FILES = {
    "pdf": ("application/pdf", draw_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", draw_docx),
}


@require_GET
@requires(Perm.CONSENT_TICK)
def pack_file(request: Request, pk: int, kind: str) -> HttpResponse:
    """Give the blanks of a pack as one file to be printed, or to be changed in Word."""
    row, sheets = _pack(request, pk)
    if kind not in FILES:
        raise Http404
    content_type, draw = FILES[kind]
    title = f"Бланки согласий {row.title}"
    data = draw(title, compose_pack(row, sheets), BLANK_FORM)
    actions.note_blanks_taken(row, kind, len(sheets), by=request.user)
    whose = {one.sheet.person_id for one in sheets}
    looks.note_taken_out(request, "consents", whose, as_file=True)
    name = get_valid_filename(f"{title} {row.printed_on:%Y-%m-%d}")
    return download(data, f"{name}.{kind}", content_type)


@require_GET
@requires(Perm.CONSENT_VIEW)
def texts(request: Request) -> HttpResponse:
    """Show which text each consent has now."""
    return render(
        request,
        "consents/texts.html",
        {"texts": _texts(request).values(), "needed": NEEDED_FOR_BASE},
    )


def _texts(request: Request) -> dict[Purpose, CurrentText]:
    return current_texts(request.user.workplace)


@require_GET
@requires(Perm.CONSENT_VIEW)
def text(request: Request, purpose: str) -> HttpResponse:
    """Show the text of a consent and the versions before it."""
    present = _text(request, purpose)
    older = ConsentText.objects.visible_to(request.user).filter(purpose=purpose)
    return render(
        request,
        "consents/text.html",
        {
            "text": present,
            "version": version_words(present.version),
            "blocks": list(body_blocks(_LINES.sub("________", present.body))),
            "may_edit": request.user.viewer.may(Perm.CONSENT_EDIT),
            "older": [
                (row, version_words(row.version))
                for row in older.exclude(version=present.version).order_by("-pk")
            ],
        },
    )


def _text(request: Request, purpose: str) -> CurrentText:
    if purpose not in Purpose.values:
        raise Http404
    return _texts(request)[Purpose(purpose)]


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_EDIT)
def text_change(request: Request, purpose: str) -> HttpResponse:
    """Change the text of a consent into a new version."""
    present = _text(request, purpose)
    form = TextForm(request.POST or None, initial={"title": present.title, "body": present.body})
    if form.is_bound and form.is_valid():
        with refusals_told(request):
            actions.change_text(
                request.user.workplace, Purpose(purpose), by=request.user, **form.cleaned_data
            )
            messages.success(
                request,
                _("The next blanks are printed with this text. Signed ones stay as they are."),
            )
        return redirect("consents:text", purpose=purpose)
    context = {"text": present, "version": version_words(present.version), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "consents/text_change.html", context, status=status)


def _own_person(request: Request, pk: int) -> Person:
    """Return a person of whom the user takes consents in."""
    return get_object_or_404(
        Person.objects.visible_to(request.user).within(request.user, Perm.CONSENT_TICK), pk=pk
    )


def _signed_form(
    request: Request, person: Person, held: Iterable[Purpose], data: QueryDict | None = None
) -> SignedForm | None:
    """Return the form to tick papers of one person off; None where all are there."""
    lacked = missing_purposes(frozenset(held), Purpose)
    noted = Guardian.objects.visible_to(request.user).filter(person=person)
    guardians = noted.who_sign_on(today())
    if signer_for(person, today()) == Signer.PERSON:
        guardians = guardians.none()
    return SignedForm(lacked, guardians, data) if lacked else None


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def signed(request: Request, pk: int) -> HttpResponse:
    """Tick off what one person has signed, and which representative did."""
    person = _own_person(request, pk)
    row: LedgerRow = ledger_rows([person], NEEDED_FOR_BASE)[0]
    form = _signed_form(request, person, row.held, request.POST or None)
    if form is None:
        messages.info(request, _("Every consent of this person is signed."))
        return redirect("consents:person", pk=person.pk)
    if form.is_bound and form.is_valid():
        try:
            fresh = actions.record_consents(
                [person],
                [Purpose(value) for value in form.cleaned_data["purposes"]],
                signed_on=form.cleaned_data["signed_on"],
                guardian=form.cleaned_data.get("guardian"),
                conditions=form.cleaned_data.get("conditions", ""),
                by=request.user,
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            words = ngettext(
                "%(n)s paper is ticked off.", "%(n)s papers are ticked off.", len(fresh)
            )
            messages.success(request, words % {"n": len(fresh)})
            return redirect("consents:person", pk=person.pk)
    return render(
        request,
        "consents/signed.html",
        {"person": person, "row": row, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def guardian_add(request: Request, pk: int) -> HttpResponse:
    """Note a legal representative of a person."""
    person = _own_person(request, pk)
    start = {"may_sign": Purpose.values}
    form = GuardianForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid() and _kept(form, person, None, request):
        return redirect("consents:person", pk=person.pk)
    return _guardian_page(request, person, form)


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def guardian(request: Request, pk: int) -> HttpResponse:
    """Correct a representative, or say from when they sign no more."""
    row = get_object_or_404(
        Guardian.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    person = _own_person(request, row.person_id)
    start = {name: getattr(row, name) for name in GuardianForm.Meta.fields}
    form = GuardianForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid() and _kept(form, person, row, request):
        return redirect("consents:person", pk=person.pk)
    return _guardian_page(request, person, form)


def _kept(form: GuardianForm, person: Person, row: Guardian | None, request: Request) -> bool:
    try:
        if row is None:
            actions.add_guardian(person, by=request.user, **form.cleaned_data)
        else:
            actions.change_guardian(row, by=request.user, **form.cleaned_data)
    except RefusedError as refusal:
        form.add_error("full_name", list(refusal.reasons))
        return False
    messages.success(request, _("The representative is noted."))
    return True


def _guardian_page(request: Request, person: Person, form: GuardianForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(
        request, "consents/guardian.html", {"person": person, "form": form}, status=status
    )


def _on_day(person: Person, day: dt.date) -> list[tuple[str, bool, bool]]:
    """Return purpose, whether it was covered on a day as known now, and whether the ledger told so then."""
    now, then = told_purposes(person, day), told_purposes(person, day, known_on=day)
    return [(str(one.label), one in now, one in then) for one in Purpose]


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_EDIT)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Ask, then withdraw a consent from today."""
    consent = get_object_or_404(
        Consent.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    if request.method == "GET":
        if refusal := why_not_withdrawn(consent, today()):
            messages.error(request, refusal)
            return redirect("consents:person", pk=consent.person_id)
        return confirm.ask(
            request,
            heading=_("Withdraw the consent?"),
            sentence=_(
                "%(name)s, «%(purpose)s»: what it covers stops at once, the record leaves matching and an open pair is stopped until you decide. To go on, a new signed paper will be needed."
            )
            % {"name": consent.person.full_name, "purpose": consent.get_purpose_display()},
            action=_("Withdraw"),
            back=reverse("consents:person", args=[consent.person_id]),
        )
    with refusals_told(request):
        actions.withdraw_consent(consent, by=request.user)
        messages.success(request, _("The consent is withdrawn. What it covered has stopped."))
    return redirect("consents:person", pk=consent.person_id)


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def mistaken(request: Request, pk: int) -> HttpResponse:
    """Ask, then say of a line, or with it of all ticked at the same press, that it was ticked by mistake."""
    seen = Consent.objects.visible_to(request.user).correctable_by(request.user)
    consent = get_object_or_404(seen.select_related("person"), pk=pk)
    whole = "all" in (request.POST if request.method == "POST" else request.GET)
    rows = list(batch_of(consent).filter(pk__in=seen.values("pk"))) if whole else [consent]
    back = (
        reverse("consents:ledger")
        if whole
        else reverse("consents:person", args=[consent.person_id])
    )
    if request.method == "GET":
        if refusal := why_it_stays(consent):
            messages.error(request, refusal)
            return redirect(back)
        n_people = len({row.person_id for row in rows})
        n_files = ConsentScan.objects.visible_to(request.user).filter(consent__in=rows).count()
        return confirm.ask(
            request,
            heading=ngettext(
                "Was %(n)s paper ticked by mistake?",
                "Were %(n)s papers ticked by mistake?",
                len(rows),
            )
            % {"n": len(rows)},
            sentence=ngettext(
                "%(n)s person: no such paper has been signed.",
                "%(n)s people: no such papers have been signed.",
                n_people,
            )
            % {"n": n_people}
            if whole
            else _("%(name)s, «%(purpose)s»: no such paper has been signed.")
            % {"name": consent.person.full_name, "purpose": consent.get_purpose_display()},
            action=_("Ticked by mistake"),
            back=back,
            follows=[
                _("The line stays in the ledger as a mistake; nobody has withdrawn anything."),
                _(
                    "Who waits for a pair without the needed papers goes back to those who are being prepared."
                ),
                _(
                    "A pair that runs is not stopped: Today asks for the paper. Choices after the group meeting stay."
                ),
                *(
                    [
                        ngettext(
                            "%(n)s attached file is erased for good.",
                            "%(n)s attached files are erased for good.",
                            n_files,
                        )
                        % {"n": n_files}
                    ]
                    if n_files
                    else []
                ),
            ],
            fields=[("all", "1")] if whole else [],
        )
    with refusals_told(request):
        wrong = actions.mark_mistaken(rows, by=request.user)
        messages.success(
            request,
            ngettext(
                "%(n)s line is marked as a mistake.",
                "%(n)s lines are marked as mistakes.",
                len(wrong),
            )
            % {"n": len(wrong)},
        )
    return redirect(back)
