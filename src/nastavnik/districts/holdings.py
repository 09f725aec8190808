"""Where what is agreed with the district names a person."""

from nastavnik.core.hooks.holdings import Mention
from nastavnik.districts.models import Adoption, Agreement

HELD = (
    Mention(Adoption, "объяснение району", ("reason",)),
    Mention(Agreement, "согласование дорожной карты с районом", ("content", "remark")),
)
