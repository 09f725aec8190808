"""A registered paper never changes: not by a press at the same moment, not by who opens it, and a change is seen."""

import threading

import pytest
from django.db import connection
from django.urls import reverse
from tests.cast import approve_pairs, build_cast
from tests.pages import said, signed_in
from tests.papers import of_kind

from nastavnik.core.errors import RefusedError
from nastavnik.documents import actions
from nastavnik.documents.actions import refresh_document, register_document, set_requisites
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.writers.blocks import Requisites

N_ROUNDS = 6


def drafted(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    return order


def at_once(*presses):
    """Do all at the same moment, each with a connection of its own; refusals are answers, all else is a failure."""
    gate, failures = threading.Barrier(len(presses)), []

    def press(one):
        try:
            gate.wait(20)
            one()
        except RefusedError:
            pass
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(one,)) for one in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_whatever_is_pressed_at_once_the_register_says_what_is_printed():
    cast = build_cast()
    order = drafted(cast)
    for number in range(N_ROUNDS):
        Document.objects.filter(pk=order.pk).update(
            status=DocumentStatus.DRAFT, registered_at=None, digest="", number=f"a{number}"
        )
        kept = pressed_at_once(order, number, cast.anna)
        assert kept.status == DocumentStatus.REGISTERED
        assert of_kind(kept, Requisites)[0].number == kept.number
        assert kept.is_intact


def pressed_at_once(order, number, by):
    one, other, third, reader = (Document.objects.get(pk=order.pk) for _ in range(4))
    at_once(
        lambda: register_document(one, by=by),
        lambda: set_requisites(other, number=f"b{number}", dated_on=order.dated_on, by=by),
        lambda: set_requisites(third, number=f"c{number}", dated_on=order.dated_on, by=by),
        lambda: refresh_document(reader, by=None),
    )
    return Document.objects.get(pk=order.pk)


@pytest.mark.both
@pytest.mark.django_db
def test_who_has_the_draft_open_cannot_draw_it_anew_after_the_registration(cast):
    order = drafted(cast)
    stale = Document.objects.get(pk=order.pk)
    registered = register_document(order, by=cast.anna)
    for late in (
        lambda: actions.redraw_document(stale, {"title": "Другое"}, by=cast.anna),
        lambda: set_requisites(stale, number="2", dated_on=stale.dated_on, by=cast.anna),
        lambda: actions.enter_particulars(stale, {"agreements_by": "Кто-то"}, by=cast.anna),
    ):
        stale.status = DocumentStatus.DRAFT
        with pytest.raises(RefusedError, match="не меняется"):
            late()
    stale.status, stale.number = DocumentStatus.DRAFT, ""
    assert refresh_document(stale, by=None).content == registered.content
    assert Document.objects.get(pk=order.pk).content == registered.content


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["number", "content"])
def test_a_change_behind_the_site_is_seen_and_not_given_out(cast, field):
    order = register_document(drafted(cast), by=cast.anna)
    change = (
        {"number": "9"} if field == "number" else {"content": order.content | {"town": "г. Иной"}}
    )
    client = signed_in(cast.anna, "ru")
    file = reverse("documents:download", args=[order.pk])
    assert client.get(file).status_code == 200
    Document.objects.filter(pk=order.pk).update(**change)
    answer = client.get(file, follow=True)
    assert "минуя сайт" in said(answer)[0]
    Document.objects.filter(pk=order.pk).update(digest="")  # registered before there were digests
    assert client.get(file).status_code == 200
