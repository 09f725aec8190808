"""A copy under a passphrase: opened by it alone, whole or not at all, in little memory, and in the format of age."""

import base64
import io
import tracemalloc
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from tests.files.test_backups import ON_SQLITE, open_as_site, school, use  # noqa: F401

from nastavnik.core.errors import RefusedError
from nastavnik.files import archive, sealing
from nastavnik.files.backups import make_backup, restore_backup
from nastavnik.files.sealing import PIECE, Sealing, Unsealing

WORDS = "верблюд идёт к роднику"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(sealing, "WORK", 4)


def sealed(data, words=WORDS):
    stream = io.BytesIO()
    with closing(Sealing(stream, words)) as written:
        for start in range(0, len(data), 1000):
            written.write(data[start : start + 1000])
    return stream.getvalue()


def unsealed(data, words=WORDS):
    return io.BufferedReader(Unsealing(io.BytesIO(data), words)).read()


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7])
def test_there_and_back(length):
    data = bytes(number % 251 for number in range(length))
    assert unsealed(sealed(data)) == data


# written by another program of the format (pyrage 1.4) under the passphrase «Наставник»
OF_ANOTHER = """
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBZZzluNmZpeGtDakJJVFZIazMrM2xBIDE5CkZEVFFIL2w5MW9NU2ty
Q1VuWmdCUTlJMUU2cFQ5U0ljaDg1NTRxRms0WjAKLS0tIDZGa2tQZU0wcXNxYTQvOUtDbGlkdDMxQXNYUGN5dmxBd2RPaTZV
QUJQZFkKVNJMEN2n0qkCYWYZTXNUisjs2qxFDf4ba4uilJauLAvq+EeXqVn30p5lebcf/KRPNLtDOux65Sr7yw5fAbTTdDAK
oTSS7M7UKr3P6X5CHt/yv6+cllzKPx2sP3IAkhlRVkjrrLfd/i72tjl2PGB/8NJJUmtmnBbDxIbEGL+Wk1CXWeCpRj7WDWBa
G0eUZlHj8Y7xqISy07eW91y7f5oghpHwHa89YOe95BmUr5TjJ7rUjqK8i9lzQsdEGLVAzz/Ai8fuEWOLSpRaHg9eFZtOhE0M
W9EscZyi5w6cqeLZiKM6ECQ/UZQGqMsDrClI4wPMHnLudKL0zQ0oMPKyEsKn5hDS1VLjTkxeSldg0K7QA9JX7eXNYtC7GTx+
V4FXPRA80Fk+4HQNmlid45y5oIhwcL2Wd8gnRMH+uQP1JW/PCvkFK9YkPp56HJz5W1Uiw2y8vwMppeyA+pO5g/9RtoseYDgk
nOiizzG1gyb9oQbpQhCVx8L9OOb6YaUOxeibTbcJfhfNco9p/JdF3JgUxVFligMjILzFZyTItgNRThi4pxDzgItbUqTng/YY
sWtMYlXHkpsv0CCHWyAAtLfVEZAZrNuCYMU0PyKZZwSxvgdq6oRvT75JKYdvGxTPl/gzkjhBEnF0nLCch0oJIRXHvQ9Ifddo
ouzP7YGnSrvVDI6X5aFnl398KUYO/BgO5tMEVzsTMCFtw54ienzkeTjvIzRs4A==
"""


def test_what_another_program_of_the_format_wrote():
    assert unsealed(base64.b64decode(OF_ANOTHER), "Наставник") == bytes(range(256)) * 2


def test_every_changed_byte_and_every_missing_end_is_noticed():
    data = sealed(bytes(2 * PIECE + 100))
    for place in range(0, len(data), 997):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises((RefusedError, ValueError)):
            unsealed(bytes(changed))
    for length in [*range(0, len(data), 997), len(data) - PIECE // 2, len(data) - 1]:
        with pytest.raises((RefusedError, ValueError)):
            unsealed(data[:length])
    start = len(data) - (2 * PIECE + 100 + 3 * 16)
    pieces = [data[start : start + PIECE + 16], data[start + PIECE + 16 : start + 2 * (PIECE + 16)]]
    with pytest.raises(ValueError, match="piece"):
        unsealed(data[:start] + pieces[1] + pieces[0] + data[start + 2 * (PIECE + 16) :])


def test_much_work_is_refused_before_it_is_done():
    with pytest.raises(ValueError, match="work"):
        unsealed(sealed(b"x").replace(b" 4\n", b" 40\n"))


def test_memory_does_not_grow_with_the_copy():
    tracemalloc.start()
    target = open("/dev/null", "wb")  # noqa: PTH123, SIM115 - nothing is kept
    with target, closing(Sealing(target, WORDS)) as written:
        for _n in range(300):
            written.write(bytes(100_000))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


@ON_SQLITE
@pytest.mark.django_db
def test_a_copy_under_a_passphrase_comes_back_by_it_alone(school, tmp_path, use):  # noqa: F811
    with closing(open_as_site(school / "nastavnik.sqlite3")) as opened:
        opened.execute("UPDATE core_auditentry SET action = 'kanareika'")
    plain, copy, words = tmp_path / "plain", tmp_path / "copy.age", tmp_path / "words"
    words.write_text(f"{WORDS}\n")
    call_command("backup", str(copy), "--passphrase-file", str(words))
    make_backup(plain)
    assert sealing.is_sealed(copy.read_bytes()[:30])
    assert not sealing.is_sealed(plain.read_bytes()[:30])
    restored = use(tmp_path / "restored")
    with pytest.raises(RefusedError, match="--passphrase"):
        restore_backup(copy)
    with pytest.raises(RefusedError, match="Caps Lock"):
        restore_backup(copy, passphrase="другие слова тоже")
    copy.with_name("cut").write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(RefusedError, match="cut"):
        restore_backup(copy.with_name("cut"), passphrase=WORDS)
    assert not restored.exists()
    call_command("restore", str(copy), "--passphrase-file", str(words))
    with closing(open_as_site(restored)) as opened:
        assert opened.execute("SELECT count(*) FROM core_auditentry WHERE action = 'kanareika'").fetchone()[0]  # fmt: skip
    assert archive.verify(plain).members


@ON_SQLITE
@pytest.mark.django_db
def test_a_short_passphrase_and_an_empty_file_are_refused(school, tmp_path):  # noqa: F811
    for said in ("коротко", "", "\nвторая строка длинная"):
        (tmp_path / "words").write_text(said)
        with pytest.raises(CommandError):
            call_command(
                "backup", str(tmp_path / "c"), "--passphrase-file", str(tmp_path / "words")
            )
    assert not (tmp_path / "c").exists()
