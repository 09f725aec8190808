"""Which how-to a page opens by its «?»: each app says it of its own pages in `AppConfig.ready`.

A target is the name of a file of docs/how-to without its ending, and after «#» a heading in it, as its address has it.
"""

_defaults: dict[str, str] = {}
_targets: dict[str, str] = {}


def register(app: str, default: str, **pages: str) -> None:
    """Say where the pages of an app lead: those named (hyphens as underscores) to their own target, the others to the default."""
    _defaults[app] = default
    for name, target in pages.items():
        _targets[f"{app}:{name.replace('_', '-')}"] = target


def target_of(view_name: str) -> str:
    """Return the target of a page by the name of its address; empty where nobody has said any."""
    return _targets.get(view_name) or _defaults.get(view_name.partition(":")[0], "")


def targets() -> dict[str, str]:
    """Return every target that was said, by who said it."""
    return _defaults | _targets
