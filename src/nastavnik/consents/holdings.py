"""What the ledger of consents keeps of a person."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.consents.models import (
    BlankSheet,
    Consent,
    ConsentEvent,
    ConsentLink,
    ConsentScan,
    Guardian,
    PrintPack,
)
from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import Aside, Holding, Wiping

EVIDENCE = "доказательство согласия: три года после окончания"


def mistaken_of(rows: QuerySet[Any], _wiping: Wiping) -> QuerySet[Any]:
    """Return what was never signed."""
    return rows.filter(mistaken_on__isnull=False)


def drop_mistaken(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away what was never signed, with the files."""
    mistaken = mistaken_of(rows, wiping)
    wiping.files.extend(one.file for one in ConsentScan.objects.filter(consent__in=mistaken))
    mistaken.delete()


def idle_guardians_of(rows: QuerySet[Any], wiping: Wiping) -> QuerySet[Any]:
    """Return the representatives who have signed nothing; all of them where nothing is left to prove."""
    if not _is_signed(wiping):
        return rows
    signed = Consent.objects.filter(guardian__isnull=False, mistaken_on=None).values("guardian")
    answered = ConsentLink.objects.filter(guardian__isnull=False, used_at__isnull=False)
    return rows.exclude(pk__in=signed).exclude(pk__in=answered.values("guardian"))


def drop_idle_guardians(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away the representatives who prove nothing."""
    idle_guardians_of(rows, wiping).delete()


def unused_links_of(rows: QuerySet[Any], wiping: Wiping) -> QuerySet[Any]:
    """Return the links by which nobody has answered; all of them where nothing is left to prove."""
    return rows.filter(used_at=None) if _is_signed(wiping) else rows


def drop_unused_links(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away the links that prove nothing."""
    unused_links_of(rows, wiping).delete()


def _is_signed(wiping: Wiping) -> bool:
    return Consent.objects.filter(person=wiping.person_id, mistaken_on=None).exists()


HELD = (
    Holding(
        Guardian,
        "Законные представители",
        ("person",),
        told={"may_sign": lambda row, _asking: [str(one) for one in row.may_sign]},
        words={"full_name": "ФИО"},
        wipe=drop_idle_guardians,
        takes=idle_guardians_of,
        stays=dict.fromkeys(("full_name", "relation", "basis", "may_sign", "ended_on"), EVIDENCE),
    ),
    Holding(
        Consent,
        "Согласия",
        ("person",),
        told={"guardian": lambda row, _asking: row.guardian and row.guardian.full_name},
        words={"guardian": "кто подписал", "text_version": "редакция текста"},
        wipe=drop_mistaken,
        takes=mistaken_of,
        stays=dict.fromkeys(
            (
                "purpose",
                "signer",
                "text_version",
                "way",
                "conditions",
                "signed_on",
                "ends_on",
                "withdrawn_on",
                "mistaken_on",
            ),
            EVIDENCE,
        ),
    ),
    Holding(
        ConsentEvent,
        "История согласий",
        ("consent__person",),
        told={"consent": lambda row, _asking: row.consent.get_purpose_display()},
        words={"consent": "согласие"},
        stays=dict.fromkeys(("kind", "effective_on"), EVIDENCE),
    ),
    Holding(
        ConsentScan,
        "Сканы подписанных согласий",
        ("consent__person",),
        perm=Perm.CONSENT_TICK,
        told={"consent": lambda row, _asking: row.consent.get_purpose_display()},
        words={"consent": "согласие"},
        left_out={"file": "лежит рядом файлом"},
        files=("file",),
        stays=dict.fromkeys(("file", "file_name"), EVIDENCE),
    ),
    Holding(
        BlankSheet,
        "Напечатанные бланки согласий",
        ("person",),
        words={"text_version": "редакция текста"},
        deletes=True,
    ),
    Holding(
        ConsentLink,
        "Личные ссылки для подписи",
        ("person",),
        told={
            "guardian": lambda row, _asking: row.guardian and row.guardian.full_name,
            "versions": lambda row, _asking: ", ".join(row.versions),
            "refused": lambda row, _asking: ", ".join(row.refused),
        },
        words={
            "guardian": "кому дана",
            "versions": "на что",
            "refused": "на что ответили отказом",
            "used_at": "когда ответили",
        },
        wipe=drop_unused_links,
        takes=unused_links_of,
        stays=dict.fromkeys(("versions", "refused", "used_at", "token_sha256"), EVIDENCE),
    ),
    Aside(PrintPack, "пачка бланков на класс: её название и день; бланки человека стоят отдельно"),
)
