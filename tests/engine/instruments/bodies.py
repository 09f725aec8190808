"""A questionnaire of every kind of item and every condition, for round trips."""

ALL_KINDS = {
    "code": "all_kinds", "title": "=1+1", "forms": ["pupil_pupil", "own_form"], "role": "mentor", "stage": "final", "source": "Наше.",
    "sections": [
        {"title": "Первый", "items": [
            {"code": "hint", "kind": "note", "text": "Пояснение\nв две строки."},
            {"code": "liked", "kind": "scale", "min": -2, "max": 2, "ends": ["нет", "да"], "text": "Понравилось?", "required": True, "construct": "liking"},
            {"code": "met", "kind": "yes_no", "text": "+7 Был?", "when": [{"item": "liked", "at_least": -1, "at_most": 1}]},
            {"code": "where", "kind": "text", "text": "Где?", "when": {"item": "met", "is": ["yes"]}},
        ]},
        {"title": "", "items": [
            {"code": "what", "kind": "several", "text": "Что?", "most": 2, "feeds": "programmes.areas", "options": [
                {"code": "a", "text": "@а"}, {"code": "b", "text": "б"}, {"code": "none", "text": "ничего", "exclusive": True}]},
            {"code": "one", "kind": "choice", "text": "Одно?", "when": [{"item": "what", "is": ["a", "b"]}, {"item": "liked", "at_most": 0}],
             "options": [{"code": "a", "text": "а"}, {"code": "b", "text": "б"}]},
            {"code": "why", "kind": "story", "text": "Почему?", "when": {"item": "one", "is": ["a", "b"]}, "class": "psychological", "seen_by": "psychologist"},
            {"code": "wish", "kind": "ranked_people", "of": "mentors", "most": 4, "text": "С кем?"},
            {"code": "not_with", "kind": "people", "of": "present", "class": "psychological", "seen_by": "curator", "text": "С кем нет?"},
            {"code": "day", "kind": "date", "text": "Когда?"},
        ]},
    ],
}  # fmt: skip
