"""Writes of packages: in, whole or not at all; out, noted."""

from nastavnik.interchange.actions.arriving import (
    ArrivedPackage,
    PackageRefusedError,
    import_package,
)
from nastavnik.interchange.actions.leaving import note_package_taken

__all__ = ["ArrivedPackage", "PackageRefusedError", "import_package", "note_package_taken"]
