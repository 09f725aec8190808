"""The kinds of papers this app makes, as the register asks for them (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import PaperKind, PaperOf, Parting
from nastavnik.mentorships.actions import (
    begin_pauses,
    give_time,
    halt_pairs,
    join_pairs,
    part_staff_pairs,
    start_pairs,
    take_pauses_back,
    take_time_back,
)
from nastavnik.mentorships.choices import ENDING_ORDER, EXTENSION_ORDER, PAIR_ORDER, PAUSE_ORDER
from nastavnik.mentorships.documents import (
    compose_ending_order,
    compose_extension_order,
    compose_pair_order,
    compose_pause_order,
    findings_of_change_order,
    findings_of_pair_order,
)
from nastavnik.mentorships.queries import (
    what_extension_does,
    what_registering_does,
    what_taking_back_does,
    what_taking_extension_back_does,
    why_extension_stays,
    why_extension_waits,
    why_order_stays,
    why_order_waits,
)
from nastavnik.mentorships.queries.pauses import (
    what_pause_does,
    what_taking_pause_back_does,
    why_pause_stays,
    why_pause_waits,
)
from nastavnik.mentorships.queries.wanted import orders_wanted

ORDER_ON_PAIRS = PaperKind(
    code=PAIR_ORDER,
    of=PaperOf.PAIR,
    papers=orders_wanted(PAIR_ORDER),
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

ORDER_ON_MORE_TIME = PaperKind(
    code=EXTENSION_ORDER,
    of=PaperOf.PAIR,
    papers=orders_wanted(EXTENSION_ORDER),
    title=_("Order on more time for pairs"),
    compose=compose_extension_order,
    findings=findings_of_change_order,
    waits_for=why_extension_waits,
    stays=why_extension_stays,
    follows=what_extension_does,
    follows_back=what_taking_extension_back_does,
    on_registered=give_time,
    on_taken_back=take_time_back,
    registered=_("The order is registered: the pairs have their new last day."),
)

ORDER_ON_PAUSES = PaperKind(
    code=PAUSE_ORDER,
    of=PaperOf.PAIR,
    papers=orders_wanted(PAUSE_ORDER),
    title=_("Order on a pause of pairs"),
    compose=compose_pause_order,
    findings=findings_of_change_order,
    waits_for=why_pause_waits,
    stays=why_pause_stays,
    follows=what_pause_does,
    follows_back=what_taking_pause_back_does,
    on_registered=begin_pauses,
    on_taken_back=take_pauses_back,
    registered=_("The order is registered: the pairs pause on their days, their terms have moved."),
)

ORDER_ON_ENDS = PaperKind(
    code=ENDING_ORDER,
    of=PaperOf.PAIR,
    papers=orders_wanted(ENDING_ORDER),
    title=_("Order on pairs that have ended"),
    compose=compose_ending_order,
    findings=findings_of_change_order,
    registered=_("The order is registered."),
)
