"""Papers that name a person."""

from nastavnik.core.hooks.holdings import Mention
from nastavnik.documents.models import Document

HELD = (Mention(Document, "документ", ("title", "content", "entered", "taken_back_why")),)
