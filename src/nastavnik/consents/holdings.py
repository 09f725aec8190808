"""What the ledger of consents keeps of a person."""

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
from nastavnik.core.hooks.holdings import Aside, Holding

HELD = (
    Holding(
        Guardian,
        "Законные представители",
        ("person",),
        told={"may_sign": lambda row, _asking: [str(one) for one in row.may_sign]},
        words={"full_name": "ФИО"},
    ),
    Holding(
        Consent,
        "Согласия",
        ("person",),
        told={"guardian": lambda row, _asking: row.guardian and row.guardian.full_name},
        words={"guardian": "кто подписал", "text_version": "редакция текста"},
    ),
    Holding(
        ConsentEvent,
        "История согласий",
        ("consent__person",),
        told={"consent": lambda row, _asking: row.consent.get_purpose_display()},
        words={"consent": "согласие"},
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
    ),
    Holding(
        BlankSheet,
        "Напечатанные бланки согласий",
        ("person",),
        words={"text_version": "редакция текста"},
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
    ),
    Aside(PrintPack, "пачка бланков на класс: её название и день; бланки человека стоят отдельно"),
)
