"""The kinds of papers this app makes, as the register asks for them (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import PaperKind, Parting
from nastavnik.mentorships.actions import halt_pairs, join_pairs, part_staff_pairs, start_pairs
from nastavnik.mentorships.choices import PAIR_ORDER
from nastavnik.mentorships.documents import compose_pair_order, findings_of_pair_order
from nastavnik.mentorships.queries import (
    what_registering_does,
    what_taking_back_does,
    why_order_stays,
    why_order_waits,
)

ORDER_ON_PAIRS = PaperKind(
    code=PAIR_ORDER,
    title=_("Order on pairs"),
    compose=compose_pair_order,
    findings=findings_of_pair_order,
    waits_for=why_order_waits,
    stays=why_order_stays,
    follows=what_registering_does,
    follows_back=what_taking_back_does,
    on_registered=start_pairs,
    on_taken_back=halt_pairs,
    registered=_("The order is registered: the pairs run from now on."),
    parting=Parting(
        is_offered=lambda document: bool(document.content.get("is_mixed")),
        title=_("Pairs of staff"),
        why=_(
            "Staff who mentor staff are paid by an agreement (article 351.8 of the Labour Code). They may have an order of their own; the order on pupils then says nothing of it. Until one of the two is registered they can be put together again."
        ),
        action=_("A separate order on pairs of staff"),
        done=_("Here is the order on the pairs of staff; the others stay in the first one."),
        part=part_staff_pairs,
        join=join_pairs,
    ),
)
