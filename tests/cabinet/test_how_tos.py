"""How-tos inside the site: our own Markdown and nothing else."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.pages import signed_in, text

from nastavnik.cabinet import rendering
from nastavnik.cabinet.rendering import FOLDER, anchor_of, how_to
from nastavnik.core.access import Role

pytestmark = pytest.mark.django_db
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_each_how_to_is_a_page(cast, name):
    response = signed_in(cast.anna).get(f"/help/{name}/")
    page = text(response)
    assert response.status_code == 200
    assert page.count("<h1>") == 1
    article = re.search(r'<article class="howto".*?</article>', page, re.DOTALL)[0]
    assert not re.search(r"<img|<script|\sstyle=|<iframe|\son\w+=|&lt;!--|javascript:", article)
    for link in re.findall(r'href="([^"]*)"', article):
        target, _hash, anchor = link.partition("#")
        assert not target or re.fullmatch(r"/help/[a-z-]+/", target), link
        there = how_to(target[6:-1] if target else name)
        assert there is not None, link
        if anchor:
            assert f'id="{unquote(anchor)}"' in there.html, link


def test_the_contents_list_all_of_them_in_the_order_of_a_first_year(cast):
    page = text(signed_in(cast.anna).get("/help/"))
    names = re.findall(r'<li><a href="/help/([a-z-]+)/"', page)
    assert sorted(names) == NAMES
    assert names[0] == "first-evening"
    assert names[-1] in {"backup", "install", "match-tables"}


@pytest.mark.parametrize("name", ["nothing", "_x", "READ-ME", "a1"])
def test_what_is_not_there_is_not_found(cast, name):
    assert signed_in(cast.anna).get(f"/help/{name}/").status_code == 404


def test_no_name_leads_out_of_the_folder():
    assert how_to("../architecture") is None
    assert how_to("..") is None


def test_a_mentor_reads_them_too(cast):
    client = signed_in(cast.users[Role.MENTOR])
    assert 'class="help" href="/help/meetings/"' in text(client.get("/pairs/own/"))
    assert client.get("/help/meetings/").status_code == 200


def test_a_how_to_is_found_by_words(cast):
    page = text(signed_in(cast.anna).get("/search/", {"q": "отозвать"}))
    assert "/help/consents/#" in page
    assert "Согласия" in page


def test_anchors_are_those_of_readers_of_markdown():
    assert anchor_of("1. Знакомство") == "1-знакомство"
    assert anchor_of("Отобрать, в Excel, на печать") == "отобрать-в-excel-на-печать"


def test_html_pictures_and_foreign_links_do_not_pass(tmp_path, monkeypatch):
    (tmp_path / "odd.md").write_text(
        "# Странное\n\n<!-- не видно -->\n<script>alert(1)</script> ![рисунок](x.png) "
        "[туда](javascript:alert(1)) [вон](https://example.org/) [сюда](odd.md#раз)\n\n"
        "| a | b |\n|:--|--:|\n| 1 | <b>2</b> |\n\n## Раз\n"
    )
    monkeypatch.setattr(rendering, "FOLDER", tmp_path)
    rendering.how_to.cache_clear()
    try:
        html = rendering.how_to("odd").html
    finally:
        rendering.how_to.cache_clear()
    assert "<script" not in html
    assert "<b>" not in html
    assert "<img" not in html
    assert "style=" not in html
    assert "не видно" not in html
    assert [unquote(link) for link in re.findall(r'href="([^"]*)"', html)] == ["/help/odd/#раз"]
    assert "вон" in html


def test_an_installed_package_carries_them():
    """The wheel takes the folder beside the module that reads it."""
    root = Path(__file__).parents[2]
    build = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    (pair,) = build["targets"]["wheel"]["force-include"].items()
    assert pair == ("docs/how-to", "nastavnik/cabinet/how_to")
    assert (root / pair[0]).resolve() == FOLDER.resolve()
