"""What the readable paper about one person says. A document, so Russian by nature."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from nastavnik.dossiers.queries import Chapter, Dossier
from nastavnik.writers import blocks

WIDTH = 17.0  # cm of the sheet between its margins
MOST_COLUMNS = 5  # more of them are told line by line


def paper_of(dossier: Dossier, ground: str, day: dt.date) -> list[blocks.Block]:
    """Return everything about a person as blocks of a paper.

    Args:
        dossier: everything.
        ground: on whose word, in words.
        day: of the paper.
    """
    person = dossier.person
    paper: list[blocks.Block] = [
        blocks.Letterhead(person.organisation.full_name),
        blocks.Title(f"Сведения, которые хранятся о человеке: {person.full_name}", is_centred=True),
        blocks.Paragraph(
            f"Выдано {day:%d.%m.%Y} по статье 14 Федерального закона «О персональных данных». Основание: {ground}."
            " О других людях здесь названы только имена тех, с кем человек работает в паре или кого назвал сам."
        ),
    ]
    for chapter in dossier.chapters:
        paper += _chapter(chapter)
    paper += _rest(dossier)
    return paper


def _chapter(chapter: Chapter) -> Iterator[blocks.Block]:
    yield blocks.Title(chapter.title)
    if chapter.words:
        if len(chapter.words) <= MOST_COLUMNS and len(chapter.rows) > 1:
            yield _table(chapter)
        else:
            for row in chapter.rows:
                said = [(chapter.words[name], in_words(value)) for name, value in row.items()]
                yield blocks.Bullets(tuple(f"{word}: {text}" for word, text in said if text))
    for what, why in chapter.left_out:
        yield blocks.Paragraph(f"Хранится и здесь не приведено: {what} ({why}).")


def _table(chapter: Chapter) -> blocks.PaperTable:
    width = WIDTH / len(chapter.words)
    return blocks.PaperTable(
        tuple(blocks.TableColumn(word, width) for word in chapter.words.values()),
        tuple(
            blocks.Row(tuple(blocks.Cell(in_words(value)) for value in row.values()))
            for row in chapter.rows
        ),
    )


def _rest(dossier: Dossier) -> Iterator[blocks.Block]:
    if dossier.missing:
        yield blocks.Title("Что выдаёт другой сотрудник")
        yield blocks.Bullets(
            tuple(f"{one.title}: записей {one.n}; выдаёт {one.giver}" for one in dossier.missing)
        )
    if dossier.partly:
        yield blocks.Title("Что приведено не целиком")
        yield blocks.Bullets(
            tuple(
                f"{one.title}: записей {one.n}, из них не приведено {one.n_not_given} ({one.why})"
                for one in dossier.partly
            )
        )
    if dossier.mentioned:
        yield blocks.Title("Где фамилия встречается в текстах")
        yield blocks.Paragraph(
            "В этих записях нет ссылки на человека, найдена только фамилия; это может быть и однофамилец."
        )
        yield blocks.Bullets(tuple(f"{one.title}: {one.n}" for one in dossier.mentioned))
    yield blocks.Title("Чего здесь нет")
    yield blocks.Paragraph(
        "Ответов на анонимные опросы: сайт не знает, чей какой. Паролей, ключей и ссылок: от них хранятся только отпечатки."
        " Резервных копий: в них то же, что было на сайте в день копии."
    )


def in_words(value: Any) -> str:  # noqa: ANN401 - any value of a field
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.date):
        return _moment(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {in_words(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(in_words, value)))
    return "" if value is None else str(value)


def _moment(day: dt.date) -> str:
    if isinstance(day, dt.datetime):
        return timezone.localtime(day).strftime("%d.%m.%Y %H:%M")
    return day.strftime("%d.%m.%Y")
