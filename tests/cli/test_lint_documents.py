"""`lint-documents`: the keys as promised, several files, refusals in words, nothing ends with a trace."""

import json

from nastavnik.__main__ import DONE, REFUSED, main

FAULTY = "ПРИКАЗ\n10.10.2025\nПредставить отчёт до 15.09.2025.\n"
CLEAN = "ПРИКАЗ\n10.10.2025\nПредставить отчёт до 15.11.2025.\n"


def test_findings_of_several_files_are_one_list(tmp_path, capsys):
    for name, text in (("a.txt", FAULTY), ("b.txt", CLEAN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    assert main(["lint-documents", *files, "--json"]) == DONE
    (one,) = json.loads(capsys.readouterr().out)
    assert list(one) == ["file", "rule", "line", "text", "why"]
    assert (one["file"], one["rule"], one["line"]) == (files[0], "before-approval", 3)
    assert "15.09.2025" in one["why"]


def test_people_read_a_line_a_finding(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(FAULTY, encoding="utf-8")
    assert main(["lint-documents", str(tmp_path / "a.txt")]) == DONE
    first, last = capsys.readouterr().out.strip().split("\n")
    assert "строка 3 [before-approval]" in first
    assert last == "Файлов прочитано: 1. Замечаний: 1."


def test_a_file_that_cannot_be_read_is_told_and_others_are_read(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(b"PK\x03\x04 torn")
    files = [str(tmp_path / name) for name in ("no.txt", "a.txt", "b.docx", "")]
    assert main(["lint-documents", *files, "--json"]) == REFUSED
    out, err = capsys.readouterr()
    assert [one["line"] for one in json.loads(out)] == [3]
    told = err.strip().split("\n")
    assert "no.txt нет" in told[0]
    assert "b.docx" in told[1]
    assert "папка" in told[2]
    assert "Traceback" not in err
