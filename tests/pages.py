"""A browser of the tests: somebody is signed in, the interface speaks English unless told otherwise."""

import datetime as dt

from django.apps import apps
from django.conf import settings
from django.test import Client

from nastavnik.core.dates import today
from nastavnik.people.models import User


def guest(language: str = "en") -> Client:
    """Return a browser of nobody."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def signed_in(user: User, language: str = "en") -> Client:
    """Return a browser in which the user has signed in."""
    client = guest(language)
    client.force_login(user, backend="nastavnik.people.access.Accounts")
    return client


def text(response) -> str:
    """Return the page as text."""
    return response.content.decode()


def said(response) -> list[str]:
    """Return what a page reached by a redirect says on top."""
    return [str(message) for message in response.context["messages"]]


def years_ago(years: int, *, days: int = 0) -> dt.date:
    """Return the latest day on which somebody was born who is this old today (`days` > 0: older by so many).

    Where that year has no 29 February, who was born on the 28th is that old today and who was born on 1 March is not.
    """
    day = today()
    try:
        born_on = day.replace(year=day.year - years)
    except ValueError:
        born_on = dt.date(day.year - years, 2, 28)
    return born_on - dt.timedelta(days=days)


def counts() -> dict[str, int]:
    """Return the number of rows of every table of ours."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("nastavnik.")
    }
