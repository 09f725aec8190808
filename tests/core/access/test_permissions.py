"""Rights: the union of roles in each organisation, never a cross product."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from nastavnik.core.access import GRANTS, NOBODY, Grant, Perm, Role, Verdict, Viewer
from nastavnik.core.access.view_access import public, requires


def viewer(*grants):
    return Viewer(1, None, grants)


def test_roles_add_up_within_one_organisation():
    both = viewer(Grant(Role.CLASS_TEACHER, 1), Grant(Role.MENTOR, 1))
    assert both.may(Perm.BASE_VIEW)
    assert both.may(Perm.OWN_PAIR_VIEW)
    assert not both.may(Perm.BASE_EDIT)


def test_a_right_in_one_organisation_gives_nothing_in_another():
    both = viewer(Grant(Role.CURATOR, 1), Grant(Role.MENTOR, 2))
    assert both.organisations(Perm.BASE_EDIT) == {1}
    assert both.organisations(Perm.OWN_PAIR_VIEW) == {2}
    assert both.organisations(Perm.HOME) == {1, 2}
    assert both.organisations(Perm.DISTRICT_VIEW) == set()


def test_a_role_can_be_left_out():
    both = viewer(Grant(Role.CURATOR, 1), Grant(Role.CLASS_TEACHER, 2))
    assert both.organisations(Perm.ROSTER_VIEW, without=[Role.CLASS_TEACHER]) == {1}


def test_forms_narrow_only_where_every_role_is_narrowed():
    one = Grant(Role.CURATOR, 1, frozenset({"pupil_pupil"}))
    two = Grant(Role.CURATOR, 1, frozenset({"teacher_teacher"}))
    assert viewer(one).form_codes(Perm.BASE_EDIT, 1) == {"pupil_pupil"}
    assert viewer(one, two).form_codes(Perm.BASE_EDIT, 1) == {"pupil_pupil", "teacher_teacher"}
    assert viewer(one, Grant(Role.CURATOR, 1)).form_codes(Perm.BASE_EDIT, 1) == set()
    # a director may read everything but not edit: her role does not widen the right to edit
    assert viewer(one, Grant(Role.DIRECTOR, 1)).form_codes(Perm.BASE_EDIT, 1) == {"pupil_pupil"}
    assert viewer(one, Grant(Role.CURATOR, 2)).form_codes(Perm.BASE_EDIT, 1) == {"pupil_pupil"}


def test_nobody_may_nothing():
    assert not any(NOBODY.may(perm) for perm in Perm)


def test_every_role_has_a_line_and_every_right_a_holder():
    assert set(GRANTS) == set(Role)
    assert set().union(*GRANTS.values()) == set(Perm)


def test_only_a_curator_writes_what_a_curator_writes():
    for perm in (Perm.BASE_EDIT, Perm.CONSENT_EDIT, Perm.MATCHING_EDIT, Perm.PAIR_APPROVE):
        assert [role for role in Role if perm in GRANTS[role]] == [Role.CURATOR]


def test_a_verdict_is_true_only_without_reasons():
    assert Verdict()
    assert not Verdict(("нет согласия",))


class SomeUser:
    is_authenticated = True
    must_change_password = False

    def __init__(self, *grants):
        self.viewer = viewer(*grants)


@requires(Perm.BASE_VIEW)
def page(request, pk=0):
    return HttpResponse(f"page {pk}")


def test_a_guest_goes_to_sign_in_and_back():
    request = RequestFactory().get("/mentees/", {"q": "ёж", "page": 2})
    request.user = AnonymousUser()
    answer = page(request)
    assert answer.status_code == 302
    assert (
        answer["Location"] == "/sign-in/?next=%2Fmentees%2F%3Fq%3D%25D1%2591%25D0%25B6%26page%3D2"
    )


@pytest.mark.parametrize(
    ("referer", "goes"),
    [
        ("http://testserver/matching/?view=table", "/matching/?view=table"),
        ("http://example.org/matching/", "/matching/run/"),
        ("", "/matching/run/"),
    ],
)
def test_a_guest_who_pressed_a_button_comes_back_to_the_page_with_the_button(referer, goes):
    """The session has ended meanwhile: where the button leads there is no page to come back to."""
    request = RequestFactory().post("/matching/run/", headers={"referer": referer})
    request.user = AnonymousUser()
    assert page(request)["Location"] == f"/sign-in/?{urlencode({'next': goes})}"


def test_a_role_without_the_right_is_refused():
    request = RequestFactory().get("/")
    request.user = SomeUser(Grant(Role.MENTOR, 1))
    with pytest.raises(PermissionDenied):
        page(request)


def test_a_one_time_password_opens_only_the_way_to_an_own_one():
    request = RequestFactory().get("/")
    request.user = SomeUser(Grant(Role.PSYCHOLOGIST, 1))
    request.user.must_change_password = True
    assert page(request)["Location"] == "/password/"
    marked = requires(Perm.BASE_VIEW, with_one_time=True)(page.__wrapped__)
    assert marked(request, pk=3).content == b"page 3"


def test_a_role_with_the_right_passes():
    request = RequestFactory().get("/")
    request.user = SomeUser(Grant(Role.PSYCHOLOGIST, 1))
    assert page(request, pk=3).content == b"page 3"


def test_marks_can_be_read():
    assert page.access == Perm.BASE_VIEW
    assert public(lambda _request: None).access == "public"
