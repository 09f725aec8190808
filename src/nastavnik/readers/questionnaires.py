"""A questionnaire in a file: our own YAML or JSON, or a form in XLSForm (.xlsx)."""

from typing import Any

import yaml

from nastavnik.engine.instruments import (
    InstrumentError,
    ReadForm,
    canonical_json,
    from_xlsform,
)
from nastavnik.readers.refusals import ReaderError
from nastavnik.readers.workbook import read_workbook

MOST_BYTES = 1024 * 1024
_MOST_TEXT_BYTES = 256 * 1024

_TOO_BIG = "Файл анкеты больше 1 МБ. Уберите из него лишние листы и картинки и загрузите ещё раз."
_NOT_ONE = "Это не файл анкеты. Подойдёт файл .yaml, скачанный отсюда, или форма XLSForm (.xlsx)."
_NAMED_PARTS = (
    "В файле есть ссылки на другие его части (& и *). Напишите эти места целиком "
    "и загрузите ещё раз."
)
_NOT_TEXT = (
    "В файле есть значение, которое не текст, не число и не список (например, дата без кавычек). "
    "Возьмите его в кавычки и загрузите ещё раз."
)


def read_questionnaire(data: bytes, filename: str) -> ReadForm:  # noqa: ARG001 - as every task
    """Read the body of a questionnaire out of a file; whether it is one says `parse_instrument`.

    Raises:
        ReaderError: the file holds none; says why and what to do.
    """
    if len(data) > MOST_BYTES:
        raise ReaderError(_TOO_BIG)
    if data.startswith(b"PK\x03\x04"):
        try:
            return from_xlsform(dict(read_workbook(data)))
        except InstrumentError as error:
            raise ReaderError(" ".join(error.faults)) from None
    return ReadForm(_body(data), ())


def _body(data: bytes) -> dict[str, Any]:
    if len(data) > _MOST_TEXT_BYTES or b"\x00" in data:
        raise ReaderError(_NOT_ONE)
    try:
        body = _loaded(data.decode("utf-8-sig"))
        canonical_json(body)
    except UnicodeDecodeError:
        raise ReaderError(_NOT_ONE) from None
    except yaml.YAMLError as error:
        raise ReaderError(_where(error)) from None
    except ReaderError:
        raise
    except (TypeError, ValueError):  # a day such as 2026-13-45 among them
        raise ReaderError(_NOT_TEXT) from None
    return body


def _loaded(text: str) -> dict[str, Any]:
    # a part written once and meant many times is how a short file becomes a long one
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            raise ReaderError(_NAMED_PARTS)
    body = yaml.safe_load(text)
    if not isinstance(body, dict):
        raise ReaderError(_NOT_ONE)
    return body


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _NOT_ONE
    return (
        f"Строка {mark.line + 1} файла написана не по правилам YAML. "
        "Проверьте отступы, двоеточия и кавычки около неё."
    )
