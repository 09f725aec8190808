"""What an earlier installation left in the data folder: beside an empty database it says that one was lost."""

from pathlib import Path

from nastavnik.core import anchors


def found(data: Path, files: Path) -> list[str]:
    """Return the names in the data folder that no new installation has.

    Args:
        data: the data folder.
        files: where uploaded files are kept.
    """
    names = []
    if any(path.is_file() for path in files.rglob("*")):
        names.append(files.name)
    names += sorted({path.parent.name for path in data.glob("before-update/*.tar.gz")})
    if set(anchors.read().chains) - {anchors.chain_name(None)}:  # a journal of some organisation
        names.append(anchors.ANCHORS)
    return names
