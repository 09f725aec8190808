"""Words a questionnaire should not hold: what they ask for the law keeps apart (method.md §9.4)."""

import re
from collections.abc import Iterable

from nastavnik.engine.instruments.model import Instrument

# Stems of health, convictions, origin, family circumstances and registers; whole words where a stem would take others too.
_FORBIDDEN = re.compile(
    r"\b(?:диагно|инвалид|заболева|болезн|болеет|болел|здоровь|лечен|психиатр|психоневр|нарколог|"
    r"наркот|алкогол|беремен|аллерги|овз\b|задержк[аи] развит|тревожност|депресс|суицид|"
    r"национальност|вероисповед|религи|православн|мусульман|политическ|"
    r"сирот|опек|малоимущ|многодет|неблагополучн|развед[её]н|неполн\w+ семь|трудн\w+ жизненн\w+ ситуац|"
    r"судим|полици|кдн\b|пдн\b|на уч[её]те|внутришкольн\w+ уч[её]т|правонаруш|девиант|доход\w* семь)\w*",
    re.IGNORECASE,
)


def forbidden_words(instrument: Instrument) -> tuple[tuple[str, str], ...]:
    """Return code of the item ("" for headings) and the word, for each word that should not be asked or offered."""
    return tuple(
        (code, found.group())
        for code, text in _texts(instrument)
        for found in _FORBIDDEN.finditer(text)
    )


def _texts(instrument: Instrument) -> Iterable[tuple[str, str]]:
    yield "", instrument.title
    for section in instrument.sections:
        yield "", section.title
        for item in section.items:
            yield item.code, item.text
            for text in (*item.ends, *(option.text for option in item.options)):
                yield item.code, text
