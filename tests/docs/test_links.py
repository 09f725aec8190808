"""Every relative link of every page leads to something."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# Pages printed from the code by the guards, and the glossary: linked before they are here.
AWAITED = {f"docs/{n}.md" for n in ("permissions", "settings", "commands", "signals", "glossary")}


def broken_links(page: Path, root: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere, or out of the repository."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link) or link.startswith("#"):
            continue
        target = (page.parent / link.partition("#")[0]).resolve()
        inside = target.is_relative_to(root)
        if not inside or not (target.exists() or str(target.relative_to(root)) in AWAITED):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page):
    assert broken_links(page, ROOT) == []


def test_a_broken_link_is_caught(tmp_path):
    (tmp_path / "here.md").write_text("there is one")
    page = tmp_path / "page.md"
    page.write_text(
        "[good](here.md) [part](here.md#there) [web](https://example.org) [self](#top)\n"
        "[bad](gone.md) [worse](../outside.md) ![picture](no.png)\n"
        "```\n[code](not-a-link.md)\n```\n"
    )
    assert broken_links(page, tmp_path) == ["gone.md", "../outside.md", "no.png"]
