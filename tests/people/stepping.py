"""A telephone of the tests: it shows the codes of an account."""

import time

import pyotp

from nastavnik.people.actions import begin_second_step, confirm_second_step
from nastavnik.people.models import SecondStep

SECONDS = 30


def code_now(user, *, steps=0):
    """Return the code of this moment, or of so many steps later."""
    secret = SecondStep.objects.get(user=user).secret
    return pyotp.TOTP(secret).at(int(time.time()) + steps * SECONDS)


def next_code(user):
    """Return the code after the last one used: good at once, since a clock may be a step ahead."""
    step = SecondStep.objects.get(user=user)
    return pyotp.HOTP(step.secret).at(step.last_counter + 1)


def turn_on(user):
    """Switch the second step of an account on; return the recovery codes."""
    begin_second_step(user, by=user)
    return confirm_second_step(user, code_now(user), by=user)
