"""The passphrase of a copy: from the keyboard, or from a file for a copy that is made at night."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _


def add_arguments(parser: ArgumentParser) -> None:
    """Add the two ways of giving a passphrase."""
    parser.add_argument("--passphrase", action="store_true", help="ask for a passphrase")
    parser.add_argument("--passphrase-file", type=Path, help="a file whose first line is it")


def passphrase_of(options: dict[str, Any], *, is_new: bool) -> str:
    """Return the passphrase asked for or read; empty where none is wanted. A new one is typed twice.

    Raises:
        CommandError: the file cannot be read, is empty, or the two differ.
    """
    if options["passphrase_file"]:
        try:
            lines = options["passphrase_file"].read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        if not lines or not lines[0]:
            raise CommandError(_("The file of the passphrase is empty."))
        return str(lines[0])
    if not options["passphrase"]:
        return ""
    said = getpass.getpass(_("Passphrase of the copy: "))
    if is_new and said != getpass.getpass(_("Once more: ")):
        raise CommandError(_("The two differ. Nothing has been written."))
    return said
