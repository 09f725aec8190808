"""What a page of docs/ says: its marked tables and blocks."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    """Return the text of a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _after(text: str, mark: str) -> str:
    found = text.partition(f"<!-- example: {mark} -->\n")[2]
    assert found, f"no example «{mark}» on the page"
    return found


def block(text: str, mark: str) -> str:
    """Return the fenced block after a mark."""
    found = re.match(r"```\w+\n(.*?)```", _after(text, mark), re.DOTALL)
    assert found, f"no block after «{mark}»"
    return found[1]


def table(text: str, mark: str) -> list[list[str]]:
    """Return the rows of the table after a mark, its header left out."""
    lines = []
    for line in _after(text, mark).splitlines():
        if not line.startswith("|"):
            break
        lines.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    assert len(lines) > 2, f"no table after «{mark}»"
    return lines[2:]
