"""Engine words: no Django, JSON in and out, one a line."""

import io
import json
import subprocess
import sys
import types

import pytest

from nastavnik import __main__ as program


@pytest.fixture(autouse=True)
def doubling(monkeypatch):
    """An engine word that doubles a number."""
    module = types.ModuleType("doubling")
    module.add_arguments = lambda parser: parser.add_argument("n")
    module.request = lambda options: {"n": int(options.n)}
    module.answer = lambda request: {"twice": request["n"] * 2}
    module.text = lambda answer: f"дважды: {answer['twice']}"
    monkeypatch.setitem(sys.modules, "doubling", module)
    monkeypatch.setitem(program.ENGINE_WORDS, "double", "doubling")


def test_text_and_json(capsys):
    assert program.main(["double", "21"]) == 0
    assert capsys.readouterr().out == "дважды: 42\n"
    assert program.main(["double", "21", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"twice": 42}


def test_a_refusal_goes_to_stderr(capsys):
    assert program.main(["double", "two"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "two" in err


def test_wrong_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        program.main(["double"])
    assert caught.value.code == 2
    assert program.main([]) == 2
    assert capsys.readouterr().out == ""


def test_lines(monkeypatch, capsys):
    asked = '{"n": 1}\n\n{"n": 2}\n[3]\n{"m": 4}\nnot json\n{"n": 5}\n'
    monkeypatch.setattr(sys, "stdin", io.StringIO(asked))
    assert program.main(["double", "--lines"]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("twice") for answer in answers] == [2, 4, None, None, None, 10]
    assert all(answer["error"] for answer in answers if "twice" not in answer)


def test_engine_words_start_without_django():
    code = (
        "import sys; from nastavnik import __main__ as m; m.main([]);"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
