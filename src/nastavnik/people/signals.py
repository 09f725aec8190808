"""Facts about people that apps above act on."""

from django.dispatch import Signal

#: Two cards may be about to be made one: why not is asked before, in sentences. Arguments: `kept` and `gone`, people.
merge_asked = Signal()
#: A card may be about to be corrected or put back on the roster: why not is asked before. Argument: `person`.
correction_asked = Signal()
