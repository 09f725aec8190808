"""Papers that are in the ledger get the events they tell of; when the ledger learned of an end is not known.

A step of its own: PostgreSQL does not alter a table whose rows the same transaction has changed.
"""

import datetime as dt
from typing import Any

from django.db import migrations


def tell(apps: Any, _schema_editor: Any) -> None:
    """Add to every paper its signing, its end, its withdrawal, its mistake."""
    event = apps.get_model('consents', 'ConsentEvent')
    papers = apps.get_model('consents', 'Consent').objects.order_by('pk')
    fresh = []
    for paper in papers.iterator(chunk_size=2000):
        told = [('given', paper.signed_on)]
        if paper.ends_on:
            told.append(('ended', paper.ends_on + dt.timedelta(days=1)))
        if paper.withdrawn_on:
            told.append(('withdrawn', paper.withdrawn_on))
        if paper.mistaken_on:
            told.append(('mistaken', paper.mistaken_on))
        for kind, day in told:
            fresh.append(event(
                organisation_id=paper.organisation_id, consent_id=paper.pk, kind=kind, effective_on=day,
                recorded_at=paper.recorded_at if kind == 'given' else None,
                recorded_by_id=paper.recorded_by_id if kind == 'given' else None,
            ))
    event.objects.bulk_create(fresh, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [('consents', '0005_events')]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
