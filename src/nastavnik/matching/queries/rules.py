"""The rules a matching goes by."""

from nastavnik.core.request_cache import cached
from nastavnik.matching.catalogues import RuleValues, shipped_rules
from nastavnik.matching.models import RuleSet


def rules_in_force(organisation_id: int) -> RuleValues:
    """Return the rules of an organisation: its own newest ones, else those shipped."""
    shipped = shipped_rules()
    own = cached(
        ("matching.rules", organisation_id),
        lambda: RuleSet.objects.filter(organisation_id=organisation_id).first(),
    )
    if own is None:
        return shipped
    return RuleValues(
        weights={**shipped.weights, **own.weights},
        load_cost=own.load_cost,
        rank_weight=own.rank_weight,
        version=f"{shipped.version}/{own.number}",
    )
