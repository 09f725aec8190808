"""An invented school of Примерск: people drawn at random, and short makers."""

import numpy as np
from hypothesis import strategies as st

from nastavnik.engine.matching.candidates import Mentee, Mentor

AREAS = ("алгебра", "чтение", "робототехника", "пение")
INTERESTS = ("шахматы", "футбол", "театр")
SLOTS = ("вторник", "среда", "четверг", "суббота")
VENUES = ("школа", "онлайн")
LANGUAGES = ("татарский", "удмуртский")
FORMS = ("pupil_pupil", "teacher_pupil", "student_pupil")


def mentor(key="m1", **values):
    base = {"kind": "pupil", "forms": frozenset({"pupil_pupil"}), "grade": 10}
    return Mentor(key=key, **{**base, **values})


def mentee(key="e1", **values):
    base = {"kind": "pupil", "forms": frozenset({"pupil_pupil"}), "grade": 6}
    return Mentee(key=key, **{**base, **values})


def some(values):
    return st.frozensets(st.sampled_from(values), max_size=4)


@st.composite
def schools(draw, max_mentors=4, max_mentees=6):
    """Draw mentors, mentees and forbidden pairs."""
    mentors = [
        Mentor(
            key=f"m{n}",
            kind=draw(st.sampled_from(("pupil", "teacher", "student"))),
            forms=draw(st.frozensets(st.sampled_from(FORMS), min_size=1)),
            capacity=draw(st.integers(0, 4)),
            competences=draw(some(AREAS)),
            interests=draw(some(INTERESTS)),
            slots=draw(some(SLOTS)),
            venues=draw(some(VENUES)),
            languages=draw(some(LANGUAGES)),
            grade=draw(st.none() | st.integers(5, 11)),
            family=draw(st.sampled_from(("", "", "семья-1"))),
            subject=draw(st.sampled_from(("", "физика"))),
        )
        for n in range(draw(st.integers(0, max_mentors)))
    ]
    mentees = [
        Mentee(
            key=f"e{n}",
            kind="pupil",
            forms=draw(st.frozensets(st.sampled_from(FORMS))),
            areas=draw(some(AREAS)),
            interests=draw(some(INTERESTS)),
            slots=draw(some(SLOTS)),
            venues=draw(some(VENUES)),
            languages=draw(some(LANGUAGES)),
            grade=draw(st.none() | st.integers(1, 11)),
            family=draw(st.sampled_from(("", "", "семья-1"))),
            subject=draw(st.sampled_from(("", "физика"))),
            class_teachers=draw(some([person.key for person in mentors] or ["нет"])),
        )
        for n in range(draw(st.integers(0, max_mentees)))
    ]
    pairs = [(a.key, b.key) for a in mentors for b in mentees]
    forbidden = draw(st.frozensets(st.sampled_from(pairs), max_size=4)) if pairs else frozenset()
    return mentors, mentees, forbidden


def crowd(seed, n_mentees, n_mentors):
    """Draw a crowd of pupils, with far fewer places than pupils who would like one."""
    random = np.random.default_rng(seed)

    def words(n):
        return [frozenset(random.choice(list("abcdefghijkl"), 3).tolist()) for _ in range(n)]

    mentors = [
        mentor(f"m{n}", grade=int(random.integers(8, 12)), capacity=2, competences=tags)
        for n, tags in enumerate(words(n_mentors))
    ]
    mentees = [
        mentee(f"e{n}", grade=int(random.integers(1, 11)), areas=tags)
        for n, tags in enumerate(words(n_mentees))
    ]
    return mentors, mentees
