"""Ten digits of a corner: read back as written, and a single wrong digit is never taken for another code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.blanks.codes import (
    CORNERS,
    CornerCode,
    check_digit,
    payload,
    read_payload,
    token_of,
    written,
)

NUMBERS = st.integers(0, 10**7 - 1)
PAGES = st.integers(1, 9)


@given(NUMBERS, PAGES, st.sampled_from(CORNERS))
def test_a_code_reads_back(number, page, corner):
    token = token_of(number, page)
    assert read_payload(payload(token, corner)) == CornerCode(token, corner)


@given(NUMBERS, PAGES, st.sampled_from(CORNERS), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_no_code(number, page, corner, place, more):
    digits = payload(token_of(number, page), corner)
    wrong = str((int(digits[place]) + more) % 10)
    assert read_payload(digits[:place] + wrong + digits[place + 1 :]) is None


def test_the_check_digit_is_that_of_the_standard():
    assert check_digit("0794") == "5"  # the example of ISO/IEC 7064, MOD 11,10


@pytest.mark.parametrize(
    "text", ["", "40718351", "4071835112345", "４０７１８３５１１２", "abcdefghij"]
)
def test_other_texts_are_no_codes(text):
    assert read_payload(text) is None


def test_no_code_without_a_page_or_a_corner():
    for digits in ("407183500", "407183509", "407183515"):
        assert read_payload(digits + check_digit(digits)) is None


@pytest.mark.parametrize(("number", "page"), [(10**7, 1), (1, 10), (1, 0)])
def test_what_has_no_room_is_refused(number, page):
    with pytest.raises(ValueError, match="такого кода нет"):
        token_of(number, page)


def test_a_token_is_written_for_people():
    assert written("40718352") == "407-1835, стр. 2"
