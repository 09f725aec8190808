"""Everything about one person as an archive: a paper to read, the same for machines, the files."""

import datetime as dt
import json
import zipfile
from collections.abc import Mapping
from typing import IO, Any

from django.utils import timezone, translation

from nastavnik.dossiers.documents import paper_of
from nastavnik.dossiers.queries import Dossier
from nastavnik.writers.wordfiles import draw_docx

PAPER, DATA = "сведения.docx", "сведения.json"
LANGUAGE = "ru"  # of the paper, whatever language the asker reads


def write_dossier(dossier: Dossier, ground: str, day: dt.date, stream: IO[bytes]) -> None:
    """Write the archive.

    Args:
        dossier: everything about a person.
        ground: on whose word, in words.
        day: of the paper.
        stream: where to.
    """
    with (
        translation.override(LANGUAGE),
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        title = f"Сведения о человеке: {dossier.person.full_name}"
        archive.writestr(PAPER, draw_docx(title, paper_of(dossier, ground, day)))
        archive.writestr(
            DATA, json.dumps(as_json(dossier, ground, day), ensure_ascii=False, indent=1)
        )
        for name, file in dossier.files:
            try:
                with file.open("rb") as kept:
                    archive.writestr(name, kept.read())
            except FileNotFoundError:
                archive.writestr(f"{name}.txt", "Этого файла больше нет на диске.\n")


def as_json(dossier: Dossier, ground: str, day: dt.date) -> dict[str, Any]:
    """Return everything about a person as JSON has it: days and moments by ISO 8601."""
    return {
        "person": dossier.person.full_name,
        "organisation": dossier.person.organisation.full_name,
        "on": day.isoformat(),
        "ground": ground,
        "made_at": timezone.now().isoformat(),
        "tables": [
            {
                "table": one.code,
                "title": one.title,
                "fields": dict(one.words),
                "rows": [_plain(row) for row in one.rows],
                "left_out": [{"field": what, "why": why} for what, why in one.left_out],
            }
            for one in dossier.chapters
        ],
        "given_by_others": [
            {"title": one.title, "n": one.n, "by": one.giver} for one in dossier.missing
        ],
        "given_in_part": [
            {"title": one.title, "n": one.n, "n_not_given": one.n_not_given, "why": one.why}
            for one in dossier.partly
        ],
        "last_name_in_texts": [{"title": one.title, "n": one.n} for one in dossier.mentioned],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a field
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)
