"""Where what a district recommends may name a person."""

from nastavnik.core.hooks.holdings import Mention
from nastavnik.oversight.models import Recommendation, RecommendationStep

HELD = (
    Mention(Recommendation, "рекомендация района", ("words",)),
    Mention(RecommendationStep, "ответ или решение по рекомендации района", ("words",)),
)
