"""The door to the accelerator: numba where it is installed (the extra ``district``).

The functions of :mod:`nastavnik.engine.matching.cores` are compiled as they stand, once; the
machine code is kept next to the source or in numba's own folder. Without numba nothing is missing
but speed.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from types import FunctionType, MappingProxyType
from typing import Any

from nastavnik.engine.matching import cores

#: What is called from outside; the rest is built into these.
ENTRIES = (
    "run_jobs",
    "place_all",
    "open_places",
    "open_all",
    "by_mentor",
    "components",
    "lower_prices",
    "tight_pairs",
    "strong_components",
    "n_breaches",
)
Cores = Mapping[str, Callable[..., Any]]


def is_installed() -> bool:
    """Tell whether there is an accelerator."""
    return find_spec("numba") is not None


@cache
def plain() -> Cores:
    """Return the functions as Python runs them, on lists."""
    return MappingProxyType({name: value for name, value in vars(cores).items() if _is_core(value)})


@cache
def compiled() -> Cores:
    """Return the functions compiled, on arrays; compiling happens at their first call.

    Raises:
        ImportError: the accelerator is not installed.
    """
    scope, made = dict(vars(cores)), dict[str, Callable[..., Any]]()
    for name, function in plain().items():
        assert isinstance(function, FunctionType)  # noqa: S101 - for the type checker
        copy = FunctionType(function.__code__, scope, name, function.__defaults__)
        copy.__module__ = function.__module__
        made[name] = _machine_code(copy)
    scope.update(made)
    return MappingProxyType(made)


def is_loaded() -> bool:
    """Tell whether the accelerator was asked for before: the first time takes some seconds."""
    return compiled.cache_info().currsize > 0


def _machine_code(function: FunctionType) -> Callable[..., Any]:
    """Compile a function at its first call, for good where there is a folder to keep it in."""
    import numba  # noqa: PLC0415 - a second to import, and absent in most schools

    jit = partial(
        numba.njit,
        nogil=True,
        error_model="numpy",
        forceinline=function.__name__ not in ENTRIES,
    )
    try:
        kept: Callable[..., Any] = jit(cache=True)(function)
    except RuntimeError:  # no such folder
        kept = jit()(function)
    return kept


def _is_core(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__ == cores.__name__
