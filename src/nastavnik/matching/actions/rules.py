"""The rules the next matching goes by."""

from django.db import models, transaction
from django.db.models import Max

from nastavnik.core import audit
from nastavnik.matching.catalogues import RuleValues
from nastavnik.matching.models import RuleSet
from nastavnik.organisations.models import Organisation


@transaction.atomic
def set_rules(
    organisation: Organisation, values: RuleValues, *, by: models.Model | None
) -> RuleSet:
    """Put rules in force for the next matching; the ones of before stay for the record."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    last = RuleSet.objects.filter(organisation=organisation).aggregate(last=Max("number"))["last"]
    rules = RuleSet.objects.create(
        organisation=organisation,
        number=(last or 0) + 1,
        weights=dict(values.weights),
        load_cost=values.load_cost,
        rank_weight=values.rank_weight,
    )
    audit.record("rules-set", rules, by=by, fields=["weights", "load_cost", "rank_weight"])
    return rules
