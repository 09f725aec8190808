import json

import pytest

from nastavnik.engine.matching.payload import PayloadError, match_json

MENTOR = {
    "key": "Образцова",
    "kind": "pupil",
    "forms": ["pupil_pupil"],
    "grade": 10,
    "competences": ["алгебра"],
}
MENTEE = {
    "key": "Примеров",
    "kind": "pupil",
    "forms": ["pupil_pupil"],
    "grade": 9,
    "areas": ["алгебра"],
    "family": None,
}


def given_(**values):
    mentee = {key: value for key, value in MENTEE.items() if value is not None}
    return {"mentors": [MENTOR], "mentees": [mentee], **values}


def test_pairs_come_back_as_plain_data():
    answer = match_json(given_())
    assert json.loads(json.dumps(answer)) is not None
    (pair,) = answer["pairs"]
    assert (pair["mentor"], pair["mentee"], pair["score"]) == ("Образцова", "Примеров", 55)
    assert pair["parts"][0] == {"code": "area", "points": 40, "items": ("алгебра",)}
    assert (answer["total_score"], answer["n_matched"]) == (55, 1)
    assert answer["certificate"] == "ok"
    assert answer["rules_version"] == "2"
    assert answer["unmatched"] == []


def test_locks_bans_and_rules_are_read():
    ban = match_json(given_(forbidden=[["Образцова", "Примеров"]]))
    (lone,) = ban["unmatched"]
    assert (lone["code"], lone["change"]["code"]) == ("all_forbidden", "unforbid")
    assert lone["shortage"] is None
    lock = match_json(given_(locked={"Примеров": "Образцова"}))
    assert lock["pairs"][0]["flags"] == ("locked",)
    form = {
        "code": "pupil_pupil",
        "mentor_kinds": ["pupil"],
        "mentee_kinds": ["pupil"],
        "min_grade_gap": 2,
        "same_subject": True,
    }
    rules = {"forms": [form], "weights": {"area": 7}, "version": "2", "load_cost": 0}
    strict = match_json(given_(rules=rules))
    assert strict["unmatched"][0]["code"] == "all_too_young"
    assert strict["rules_version"] == "2"
    lax = match_json(given_(rules={"weights": {"area": 7}, "forbid_family": False}))
    assert lax["total_score"] == 7


def test_a_shortage_is_told():
    first = given_()["mentees"][0]
    others = [{**first, "key": key} for key in ("Примерова", "Примерова вторая")]
    answer = match_json({"mentors": [MENTOR], "mentees": [first, *others]})
    assert [one["shortage"] for one in answer["unmatched"]] == [0, 0]
    [shared] = answer["shortages"]
    assert (len(shared["holders"]), shared["places"]) == (1, 1)
    assert list(shared["mentors"]) == [MENTOR["key"]]


def test_an_answer_not_given_is_nothing():
    answer = match_json(
        {"mentors": [MENTOR], "mentees": [{**given_()["mentees"][0], "grade": None}]}
    )
    assert answer["unmatched"][0]["code"] == "grade_missing"


def test_wishes_come_back_as_places():
    (pair,) = match_json(given_(wishes={"mentees": {"Примеров": ["Образцова"]}}))["pairs"]
    assert (pair["mentee_choice"], pair["mentor_choice"]) == (1, None)


def test_who_wished_only_for_others_than_those_here_wishes_nothing():
    one, other = given_()["mentees"][0], {**given_()["mentees"][0], "key": "Указкина"}
    wishes = {
        "mentees": {"Примеров": ["Кто-то"], "Указкина": ["Кто-то", "Образцова"]},
        "mentors": {"Нет": ["Указкина"]},
    }
    plain = match_json({"mentors": [MENTOR], "mentees": [one, other]})
    wished = match_json({"mentors": [MENTOR], "mentees": [one, other], "wishes": wishes})
    # whoever named only others is no worse off and no better; a choice of somebody here is a gain
    alone = match_json(
        {
            "mentors": [MENTOR],
            "mentees": [one, other],
            "wishes": {"mentees": {"Примеров": ["Кто-то"]}, "mentors": {"Нет": ["Указкина"]}},
        }
    )
    assert alone == plain
    assert [pair["mentee"] for pair in wished["pairs"]] == ["Указкина"]
    (pair,) = match_json({"mentors": [MENTOR], "mentees": [other], "wishes": wishes})["pairs"]
    assert (pair["mentee_choice"], pair["wish_gain"]) == (1, 3)


@pytest.mark.parametrize("size", [2**60, 2**63, 10**30])
def test_numbers_of_any_size_are_taken(size):
    rules = {"weights": {"area": size}, "load_cost": size, "rank_weight": size}
    people = given_(rules=rules)
    people["mentors"] = [
        {**MENTOR, "capacity": size},
        {**MENTOR, "key": "Никто", "grade": 1, "capacity": size},
    ]
    answer = match_json(people)
    assert (answer["total_score"], answer["certificate"]) == (size, "ok")


def test_nothing_gives_nothing():
    assert match_json({})["n_matched"] == 0


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"mentor": []}, "Поле «mentor» незнакомо. Есть поля: mentors, mentees"),
        ({"rules": []}, "«rules» — это должен быть объект"),
        ({"mentors": {}}, "«mentors» — это должен быть список"),
        ({"locked": [1]}, "«locked» — это должен быть объект"),
        ({"mentors": [5]}, "наставник № 1: ожидался объект"),
        ({"mentors": [{**MENTOR, "rank": 1}]}, "наставник № 1: поле «rank» незнакомо"),
        ({"mentees": [{"key": "а"}]}, "наставляемый № 1: не хватает поля «kind»"),
        ({"mentees": [{**MENTEE}]}, "поле «family»: нужно текст"),
        ({"mentors": [{**MENTOR, "forms": "pupil"}]}, "поле «forms»: нужно список строк"),
        ({"mentors": [{**MENTOR, "capacity": True}]}, "поле «capacity»: нужно целое число"),
        ({"mentors": [{**MENTOR, "grade": "10"}]}, "поле «grade»: нужно целое число"),
        ({"forbidden": [["а"]]}, "список пар"),
        ({"wishes": {"friends": {}}}, "поле «friends» незнакомо"),
        ({"wishes": {"mentees": [1]}}, "«mentees» — это должен быть объект"),
        ({"wishes": {"mentees": {"а": "б"}}}, "«а»: нужен список ключей"),
        ({"rules": {"вес": 1}}, "поле «вес» незнакомо"),
        ({"rules": {"weights": {"area": "много"}}}, "вес «area»"),
        ({"rules": {"forbid_family": 1}}, "нужно да или нет"),
        ({"rules": {"forms": [{"code": "х"}]}}, "форма № 1: не хватает поля «mentor_kinds»"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(payload, message):
    with pytest.raises(PayloadError, match=message):
        match_json(payload)
