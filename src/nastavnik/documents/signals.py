"""Facts the register announces."""

from django.dispatch import Signal

document_opened = Signal()
"""A draft is about to be shown, downloaded or registered: whoever makes its kind may draw it anew.

Arguments: `document`, `by` (None when it is only shown)."""

document_registered = Signal()
"""A draft got its number and date. Arguments: `document`, `by`."""

document_taken_back = Signal()
"""A registration was a mistake, the paper is a draft again; a receiver may refuse. Arguments: `document`, `by`."""

consequences_asked = Signal()
"""A paper is about to be registered, or its registration taken back: receivers return what follows, in sentences.

Arguments: `document`, `back` (it is taken back)."""

obstacles_asked = Signal()
"""A paper may be about to be registered, or its registration taken back: receivers return why not, in sentences.

It is asked before anything is offered; the receivers of what then happens refuse all the same.

Arguments: `document`, `back` (it is taken back)."""

losses_asked = Signal()
"""A draft may be about to be thrown away: receivers return what goes with it, in sentences. Arguments: `document`."""

document_discarded = Signal()
"""A draft is thrown away, and is still there for the last time. Arguments: `document`, `by`."""

document_split = Signal()
"""A part of a draft gets a paper of its own, empty still: whoever makes its kind moves the rows and draws both anew.

Arguments: `document`, `made`, `by`. A receiver refuses by `RefusedError`; nothing is written then."""

document_joined = Signal()
"""A draft goes back into the one it was split from, before it is thrown away: its rows move. Arguments: `document`, `into`, `by`."""
