"""The questionnaires shipped with the program (method.md §4): one file each, `data/instruments/CODE.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.engine.instruments import Instrument, parse_instrument

DATA = Path(__file__).parent / "data" / "instruments"


@cache
def shipped() -> dict[str, tuple[dict[str, Any], Instrument]]:
    """Return code → body and what it describes, in the order of the codes.

    Raises:
        InstrumentError: a shipped file is none.
    """
    found: dict[str, tuple[dict[str, Any], Instrument]] = {}
    for path in sorted(DATA.glob("*.yaml")):
        body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[path.stem] = body, parse_instrument(body)
    return found
