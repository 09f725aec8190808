"""What lists with people are taken out for: asked once a sitting, noted, told."""

import html
import re

import pytest
from tests.pages import signed_in, text

from nastavnik.cabinet.queries.trail import seen
from nastavnik.core.access import Role
from nastavnik.core.models import Look

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="([^"]*xlsx[^"]*)"')


def link_of(client, address):
    return html.unescape(LINK.search(text(client.get(address))).group(1))


def say(client, address, **given):
    return client.post(link_of(client, address), given)


def test_the_question_comes_before_the_first_list_and_not_again(cast):
    client = signed_in(cast.anna)
    asked = link_of(client, "/people/?q=a")
    assert asked.startswith("/take-out/?next=")
    assert "Refresh" not in client.get(asked).headers
    said = say(client, "/people/?q=a", purpose="check")
    assert said["Location"] == asked
    page = client.get(asked)
    assert page["Refresh"] == "0; url=/people/?q=a&as=xlsx"
    assert 'href="/people/?q=a"' in text(page)
    assert client.get("/people/?q=a&as=xlsx").status_code == 200
    assert link_of(client, "/people/") == "?as=xlsx"


def test_what_was_said_is_noted_and_told(cast):
    person = cast.school.people["younger"]
    client = signed_in(cast.anna)
    client.get("/people/", {"as": "print"})
    assert set(Look.objects.values_list("purpose", flat=True)) == {""}
    say(client, "/people/", purpose="other", own_words="для Маши Канарейкиной")
    client.get("/people/", {"as": "xlsx"})
    lines = {(line.how, line.purpose) for line in seen(cast.anna, person)}
    assert ("выгрузили в файл", "для Маши Канарейкиной") in lines
    assert [words for how, words in lines if how == "напечатали"] == ["не сказано"]
    told = f"/trail/people/{person.pk}/"
    assert "Канарейкиной" in text(client.get(told))
    assert "Канарейкиной" not in text(
        client.get(told, {"as": "print"})
    )  # that paper goes to a parent


def test_something_else_wants_words_and_a_sitting_keeps_its_own(cast):
    client = signed_in(cast.anna)
    assert say(client, "/people/", purpose="other").context["form"].errors["own_words"]
    assert say(client, "/people/", purpose="for fun").context["form"].errors["purpose"]
    assert link_of(client, "/people/").startswith("/take-out/")
    say(client, "/people/", purpose="work")
    assert link_of(signed_in(cast.anna), "/people/").startswith("/take-out/")


def test_a_list_without_people_is_not_asked_about(cast):
    assert not link_of(signed_in(cast.anna), "/trail/").startswith("/take-out/")
    district = signed_in(cast.users[Role.COORDINATOR])
    assert not link_of(district, "/district/").startswith("/take-out/")


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"]
)
def test_it_leads_nowhere_else(cast, elsewhere):
    client = signed_in(cast.anna)
    client.post("/take-out/?next=/people/", {"purpose": "work"})
    page = client.get("/take-out/", {"next": elsewhere, "back": elsewhere})
    assert "Refresh" not in page.headers
    leads = re.findall(r'href="([^"]*)"', text(page))
    assert leads
    assert not [one for one in leads if "example.org" in one or "javascript" in one]
