"""The questionnaires that come with the program: whole, comparable before and after, plain, and asking nothing the law keeps apart."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

import nastavnik
from nastavnik.engine.instruments import (
    InstrumentStage,
    ItemClass,
    ItemKind,
    RespondentRole,
    body_of,
    forbidden_words,
    from_xlsform,
    pairings,
    parse_instrument,
    to_xlsform,
)

PACKAGE = Path(nastavnik.__file__).parent
FOLDER = PACKAGE / "questionnaires" / "data" / "instruments"
BODIES = {
    path.stem: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    for path in sorted(FOLDER.glob("*.yaml"))
}
SHIPPED = {code: parse_instrument(body) for code, body in BODIES.items()}
FORMS = ("pupil_pupil", "teacher_teacher", "student_pupil", "employer_pupil", "employer_student")
# What the questionnaires of the model ask before and not again after (method.md §4.1).
ONLY_BEFORE = {"confidentiality"}
OF_PUPILS = {
    code
    for code, instrument in SHIPPED.items()
    if instrument.role == RespondentRole.MENTEE and "pupil_pupil" in instrument.forms
} | {"mentor_before", "mentor_after", "mentor_candidate_pupil", "meeting_mentee", "fit_mentee", "preferences_mentee"}  # fmt: skip


def coded(side, stage, form):
    return f"{side}_{stage}" + ("" if form == "pupil_pupil" else f"_{form}")


@cache
def catalogue(name):
    records = yaml.safe_load((PACKAGE / "programmes" / "data" / name).read_text("utf-8"))
    return {record["code"]: record["title"] for record in records}


def test_a_file_is_named_as_its_questionnaire_and_is_read_the_same():
    for code, instrument in SHIPPED.items():
        assert instrument.code == code
        assert parse_instrument(body_of(instrument)) == instrument
        assert set(instrument.forms) <= set(catalogue("forms.yaml"))


def test_every_item_says_what_it_measures_and_of_what_class_it_is():
    for code in SHIPPED:
        for section in BODIES[code]["sections"]:
            for item in section["items"]:
                assert item["kind"] == "note" or (item["construct"] and item["class"])
                assert "required" not in item


def test_its_source_is_named_and_that_the_ministry_s_words_were_not_at_hand():
    for code, instrument in SHIPPED.items():
        assert "Формулировки наши" in instrument.source
        assert "МР-42/02 под рукой не было" in instrument.source
        first = (FOLDER / f"{code}.yaml").read_text("utf-8").splitlines()[0]
        assert re.match(r"# method\.md §\d", first)


def test_nothing_is_asked_the_law_keeps_apart():
    for instrument in SHIPPED.values():
        assert forbidden_words(instrument) == ()


def test_all_that_the_programme_needs_is_there():
    have = {(instrument.role, instrument.stage) for instrument in SHIPPED.values()}
    sides = {RespondentRole.MENTEE, RespondentRole.MENTOR}
    assert have == {
        (RespondentRole.MENTEE, InstrumentStage.REQUEST), (RespondentRole.MENTOR, InstrumentStage.CANDIDATE),
        *((role, InstrumentStage.THIRD_PARTY) for role in (RespondentRole.CLASS_TEACHER, RespondentRole.PSYCHOLOGIST, RespondentRole.SOCIAL_TEACHER, RespondentRole.PARENT)),
        *((role, stage) for role in sides for stage in (InstrumentStage.PREFERENCES, InstrumentStage.BEFORE, InstrumentStage.MEETING, InstrumentStage.FIT, InstrumentStage.AFTER, InstrumentStage.SATISFACTION, InstrumentStage.FINAL)),
        (RespondentRole.PARENT, InstrumentStage.SATISFACTION), (RespondentRole.CLASS_TEACHER, InstrumentStage.SATISFACTION), (RespondentRole.PARTNER, InstrumentStage.SATISFACTION),
        (RespondentRole.CURATOR, InstrumentStage.QUALITY),
    }  # fmt: skip
    for form in FORMS:
        for side in sides:
            for stage in (InstrumentStage.BEFORE, InstrumentStage.AFTER):
                instrument = SHIPPED[coded(side, stage, form)]
                assert (instrument.forms, instrument.role, instrument.stage) == ((form,), side, stage)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_before_and_after_measure_the_same_in_the_same_way(form, side):
    before, after = (SHIPPED[coded(side, stage, form)] for stage in ("before", "after"))
    paired = {pair.construct for pair in pairings(before, after)}
    assert {item.construct for item in before.asked} - paired <= ONLY_BEFORE
    scales = [item.construct for item in before.asked if item.kind == ItemKind.SCALE]
    assert len(paired & set(scales)) >= 7
    order = [item.construct for item in after.asked if item.construct in scales]
    assert sorted(order, key=scales.index) == order or side == "mentee"
    for construct in ("expectations_met", "lacked", "glad", "continue"):
        assert construct in {item.construct for item in after.asked}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_forms_of_learners_share_their_constructs(side):
    """The totals over forms put equal constructs together."""
    common = {
        item.construct: item.measure
        for item in SHIPPED[coded(side, "after", "pupil_pupil")].asked
        if item.kind == ItemKind.SCALE
    }
    for form in ("student_pupil", "employer_pupil", "employer_student"):
        there = {item.construct: item.measure for item in SHIPPED[coded(side, "after", form)].asked}
        assert common.items() <= there.items()


def test_answers_are_worded_as_the_bases_word_them():
    """What feeds a list of the bases offers codes and titles of that list, so that nothing is translated twice."""
    for instrument in SHIPPED.values():
        lists = {"programmes.areas": "areas.yaml", "programmes.interests": "interests.yaml",
                 "programmes.time_slots": "time_slots.yaml", "programmes.meeting_places": "meeting_places.yaml"}  # fmt: skip
        for item in instrument.asked:
            if item.feeds in lists:
                known = catalogue(lists[item.feeds])
                assert item.options
                assert {
                    option.code: option.text for option in item.options
                }.items() <= known.items()
            elif item.feeds:
                assert item.feeds in {
                    "programmes.request", "programmes.capacity", "programmes.preferences", "programmes.refusals",
                    "mentorships.help", "mentorships.fit",
                }  # fmt: skip


def test_a_pupil_of_twelve_reads_it():
    for code in sorted(OF_PUPILS):
        words = " ".join(item.text for item in SHIPPED[code].asked).split()
        assert sum(len(word) for word in words) / len(words) <= 6.5
        for item in SHIPPED[code].asked:
            assert len(item.text) <= 90, item.code
            assert max(len(sentence.split()) for sentence in re.split(r"[.?!]", item.text)) <= 14
            assert not re.search(r"\bвам\b|\bваши?\b", item.text.replace("ваши разговоры", "")), item.text  # fmt: skip


def test_questions_of_grown_ups_are_short_too():
    for instrument in SHIPPED.values():
        assert all(len(item.text) <= 130 for item in instrument.asked)
        assert len(instrument.asked) <= 27


def test_what_is_asked_after_a_meeting_takes_a_minute():
    for code in ("meeting_mentee", "meeting_mentor"):
        kinds = [item.kind for item in SHIPPED[code].asked]
        assert len(kinds) <= 6
        assert kinds.count(ItemKind.TEXT) <= 2
        assert ItemKind.STORY not in kinds


def test_what_is_said_of_people_is_read_by_the_curator_alone():
    for side in ("mentee", "mentor"):
        refused = SHIPPED[f"preferences_{side}"].item("not_with")
        assert (refused.privacy, refused.seen_by) == (ItemClass.PSYCHOLOGICAL, "curator")
        assert SHIPPED[f"preferences_{side}"].item("wish").seen_by == "curator"
    for code in (code for code in SHIPPED if code.startswith("third_party")):
        assert all(item.seen_by for item in SHIPPED[code].asked)
    assert all(item.seen_by == "curator" for item in SHIPPED["meeting_mentee"].asked)


def test_the_curator_s_sheet_scores_nine_things_from_nought_to_two():
    scales = [item for item in SHIPPED["curator_quality"].asked if item.kind == ItemKind.SCALE]
    assert [(item.minimum, item.maximum) for item in scales] == [(0, 2)] * 9


def test_each_goes_out_as_a_form_of_xlsform_and_comes_in_the_same():
    for instrument in SHIPPED.values():
        form = from_xlsform(to_xlsform(instrument))
        assert form.remarks == ()
        assert parse_instrument(form.body) == instrument
