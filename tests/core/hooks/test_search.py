"""The registry of search: what is read of a question, whom a source is open to, how many hits are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.core.access import Grant, Perm, Role, Viewer
from nastavnik.core.hooks import search
from nastavnik.core.text import fold


class Somebody:
    is_authenticated = True

    def __init__(self, *roles):
        self.viewer = Viewer(1, None, tuple(Grant(role, 1) for role in roles))


@pytest.fixture
def sources(monkeypatch):
    """An empty registry for one test."""
    monkeypatch.setattr(search, "_sources", {})
    return search._sources


def source(name, *, order=1, perms=(Perm.HOME,), n_hits=1):
    def find(user, words):
        yield from (
            search.Hit(name, f"{name} {n}", " ".join(words), f"/{n}/") for n in range(n_hits)
        )

    search.register(search.Source(order, name, name.title(), "user", frozenset(perms), find))


def test_groups_come_in_order_without_the_empty_ones(sources):
    source("papers", order=3)
    source("nothing", order=2, n_hits=0)
    source("people", order=1)
    groups = search.find(Somebody(Role.MENTOR), "Ёлкин")
    assert [group.label for group in groups] == ["People", "Papers"]
    assert groups[0].hits == (search.Hit("people", "people 0", "елкин", "/0/"),)


def test_a_source_registered_again_is_replaced(sources):
    source("people", n_hits=1)
    source("people", n_hits=2)
    assert [len(group.hits) for group in search.find(Somebody(Role.MENTOR), "а")] == [2]


@pytest.mark.parametrize(("n_hits", "has_more"), [(10, False), (11, True), (500, True)])
def test_at_most_ten_are_kept(sources, n_hits, has_more):
    source("people", n_hits=n_hits)
    (group,) = search.find(Somebody(Role.MENTOR), "а")
    assert len(group.hits) == 10
    assert group.has_more is has_more


def test_a_source_opens_to_any_of_its_rights(sources):
    source("pairs", perms=(Perm.PAIR_VIEW, Perm.OWN_PAIR_VIEW))
    source("papers", perms=(Perm.DOCUMENT_VIEW,))
    names = {
        role: [one.name for one in search.sources_for(Somebody(role))]
        for role in (Role.CURATOR, Role.MENTOR, Role.COORDINATOR)
    }
    assert names == {
        Role.CURATOR: ["pairs", "papers"],
        Role.MENTOR: ["pairs"],
        Role.COORDINATOR: [],
    }


@pytest.mark.parametrize("question", ["", "   ", "\x00", "\n\t"])
def test_without_words_nothing_is_asked(sources, question):
    source("people")
    assert search.find(Somebody(Role.CURATOR), question) == []


@given(st.text(max_size=300))
def test_words_are_folded_few_and_short(question):
    words = search.words_of(question)
    assert len(words) <= search.MOST_WORDS
    assert all(word and fold(word) == word for word in words)
    assert set(words) <= set(fold(question[: search.LONGEST]).split())
