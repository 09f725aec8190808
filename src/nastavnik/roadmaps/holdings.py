"""Where a roadmap names a person: it has no keys of people, only texts."""

from nastavnik.core.hooks.holdings import Mention
from nastavnik.roadmaps.models import (
    Activity,
    Evidence,
    RoadmapChange,
    RoadmapDraft,
    RoadmapSection,
)

HELD = (
    Mention(Activity, "строка дорожной карты", ("responsible", "title", "result", "document_text")),
    Mention(RoadmapSection, "раздел дорожной карты", ("responsible", "title", "result")),
    Mention(Evidence, "подтверждение строки дорожной карты", ("file_name", "link", "note")),
    Mention(RoadmapChange, "прежнее значение в дорожной карте", ("before", "after")),
    Mention(RoadmapDraft, "прочитанная дорожная карта, ещё не принятая", ("file_name", "content")),
)
