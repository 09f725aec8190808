"""Who may do what: rights, the mark of a view (`view_access`), the scope of rows (`scope`). No Django here."""

from nastavnik.core.access.permissions import (
    GIVES,
    GIVES_OF_SOME_FORMS,
    GRANTS,
    HALVED,
    NOBODY,
    RENEWS,
    Grant,
    Perm,
    Role,
    SignedIn,
    Verdict,
    Viewer,
)

__all__ = [
    "GIVES",
    "GIVES_OF_SOME_FORMS",
    "GRANTS",
    "HALVED",
    "NOBODY",
    "RENEWS",
    "Grant",
    "Perm",
    "Role",
    "SignedIn",
    "Verdict",
    "Viewer",
]
