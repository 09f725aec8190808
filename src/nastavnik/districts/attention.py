"""What the two sides ask of each other."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.queries import News, news_for, table_of, waiting_agreements


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what waits for the coordinator, and what the district asks of a curator."""
    if user.viewer.may(Perm.DISTRICT_VIEW):
        yield from _of_district(user)
    if user.viewer.may(Perm.ROADMAP_EDIT):
        news = news_for(user, today())
        if news is not None:
            yield from _of_school(news)


def _of_district(user: SignedIn) -> Iterator[AttentionItem]:
    if waiting := waiting_agreements(user):
        only = len(waiting) == 1
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Waits for the district"),
            _("%(school)s has sent its roadmap for agreement") % {"school": waiting[0].organisation.short_name}
            if only
            else ngettext(
                "%(n)s school has sent its roadmap for agreement",
                "%(n)s schools have sent their roadmaps for agreement",
                len(waiting),
            )
            % {"n": len(waiting)},
            _("Agree, or return it with a remark: the school waits for it."), _("Open"),
            reverse("districts:school", args=[waiting[0].organisation_id])
            if only
            else f"{reverse('districts:table')}?state=sent",
        )  # fmt: skip
    table = table_of(user, today())
    if table.n_late:
        worst = table.rows[0]
        yield AttentionItem(
            Urgency.LATER, "risk", _("Late"),
            ngettext("%(n)s school is late", "%(n)s schools are late", table.n_late)
            % {"n": table.n_late},
            _("Most of all %(school)s: %(n)s lines past their term.")
            % {"school": worst.name, "n": worst.n_late},
            _("Open"), f"{reverse('districts:table')}?state=late",
        )  # fmt: skip


def _of_school(news: News) -> Iterator[AttentionItem]:
    url = reverse("districts:asked", args=[news.roadmap_id])
    agreement = news.agreement
    if agreement is not None and agreement.status == AgreementStatus.RETURNED:
        yield AttentionItem(
            Urgency.WEEK, "risk", _("Returned"), _("The district has returned the roadmap with a remark"),
            agreement.remark[:200], _("Open"), url, place=5,
        )  # fmt: skip
    if number := news.n_new + news.n_changed:
        yield AttentionItem(
            Urgency.NEXT, "wait", _("From the district"),
            ngettext(
                "The district has set or changed %(n)s line of the roadmap",
                "The district has set or changed %(n)s lines of the roadmap",
                number,
            )
            % {"n": number},
            _("Take them over, or leave them and say why."), _("Open"), url, place=5,
        )  # fmt: skip
    if n := news.n_differing:
        yield AttentionItem(
            Urgency.LATER, "wait", _("Changed since it was agreed"), _("Send the roadmap to the district again"),
            ngettext("%(n)s line differs from what was agreed.", "%(n)s lines differ from what was agreed.", n) % {"n": n},
            _("Open"), url, place=15,
        )  # fmt: skip
