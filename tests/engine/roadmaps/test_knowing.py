"""Lines known again in other words: every title of the catalogue, and what five real roadmaps call the same."""

import pytest
from tests.engine.roadmaps.test_sources import (
    SOURCES,
    answer,
    digest,
    expected,
    needs_sources,
    source,
)

from nastavnik.engine.roadmaps.knowing import known_codes, sign_of
from nastavnik.roadmaps.catalogues import entries

SIGNS = {code: [sign_of(text) for text in entry.signs] for code, entry in entries().items()}
# method.md §8 has them in a source, but in a heading, a result, a paper or only implied («○»), not in the title of a line
NOT_IN_TITLES = {
    "000": "A01 A39 A51 A57 A64 A65 A70 A71",
    "001": "A13 A60",
    "002": "A01 A02 A08 A11 A12 A13 A15 A17 A23 A24 A39 A46 A54 A67 A68 A70",
    "003": "A02 A10 A11 A13 A22 A29 A30 A31 A37 A57 A61 A64 A67",
    "004": "A12 A17 A24 A45 A51 A53 A54 A58 A59",
}


@pytest.mark.parametrize("code", SIGNS)
def test_every_title_of_the_catalogue_means_itself_alone(code):
    # the line of 003 on the training of mentors holds the search for materials too
    both = {"A39": ("A38", "A39")}
    assert known_codes(entries()[code].title, SIGNS) == both.get(code, (code,))


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Формирование баз наставников и направляемых в школе", ("A31", "A35")),
        ("Формирование базы наставников", ("A35",)),
        ("Формирование баз программ наставничества и лучших практик", ("A63",)),
        ("Формирование перечня партнёрских предприятий", ("A25",)),
        ("ФОРМИРОВАНИЕ НАСТАВНИЧЕСКИХ ПАР ИЛИ ГРУПП", ("A44",)),
        ("Отчёты наставников", ("A58",)),
        ("Внесение данных об итогах в базу наставников", ("A65",)),
        ("Поход на лыжах", ()),
        ("", ()),
    ],
)
def test_other_words(title, codes):
    assert known_codes(title, SIGNS) == codes


def test_a_sign_reads_its_marks():
    sign = sign_of("формирован пар=|пары -перечн")
    assert sign.wanted == (("формирован",), ("пар=", "пары"))
    assert sign.unwanted == ("перечн",)
    signs = {"X": [sign]}
    assert known_codes("Формирование пар", signs)
    assert not known_codes("Формирование партии", signs)
    assert not known_codes("Формирование перечня пар", signs)


# words of a source that a title leaves out: names of a school or a district, years that are over, a slip
LEFT_OUT = {
    "A02": " в МБОУ Качульской СОШ",
    "A03": " Устюженского муниципального района",
    "A16": "попавших в обучающуюся ",
    "A26": " в 2020-2024 г.",
    "A66": " куратора внедрения целевой модели наставничества в ОО",
}


@pytest.mark.parametrize("name", SOURCES)
def test_titles_have_the_digest_of_a_line_of_their_source(name):
    """As below, for whom the sources are not at hand: the expected files hold digests of all titles."""
    digests = {one["sha"] for one in expected(name)["activities"]}
    titles = {c: e.title for c, e in entries().items() if e.source == name and c not in LEFT_OUT}
    known = {c for c, one in titles.items() if {digest(one), digest(f"{one}.")} & digests}
    assert known == set(titles)


@needs_sources
@pytest.mark.parametrize("name", SOURCES)
def test_titles_stand_in_their_source_word_for_word(name):
    said = [one["title"] for one in answer(source(name), f"{name}.txt")["activities"]]
    for code, entry in entries().items():
        if entry.source == name:
            left_out = LEFT_OUT.get(code, "")
            titles = {one.replace(left_out, "").rstrip(".") for one in said if left_out in one}
            assert entry.title in titles


@needs_sources
@pytest.mark.parametrize("name", SOURCES)
def test_what_the_method_finds_in_a_source_is_known(name):
    found = {
        code.partition(".")[0]
        for one in answer(source(name), f"{name}.txt")["activities"]
        for code in known_codes(one["title"], SIGNS)
    }
    wanted = {code for code, one in entries().items() if name in one.sources and "." not in code}
    assert found <= wanted
    assert wanted - found == set(NOT_IN_TITLES[name].split())
