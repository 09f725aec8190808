"""Papers that name a person."""

from django.db.models import Q

from nastavnik.core.hooks.holdings import Mention
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document

HELD = (
    Mention(
        Document,
        "зарегистрированный документ",
        ("title", "content", "entered", "taken_back_why"),
        only=~Q(status=DocumentStatus.DRAFT),
        stays="хранится по номенклатуре дел и не меняется",
    ),
)
