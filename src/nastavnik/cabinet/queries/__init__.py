"""Reads that join several apps: the first page and the district."""

from nastavnik.cabinet.queries.stages import (
    Gate,
    RibbonStage,
    Tally,
    district,
    example_people,
    example_stages,
    example_todo,
    gate_of,
    stages,
)
from nastavnik.cabinet.queries.steps import StepNow, steps_of

__all__ = [
    "Gate",
    "RibbonStage",
    "StepNow",
    "Tally",
    "district",
    "example_people",
    "example_stages",
    "example_todo",
    "gate_of",
    "stages",
    "steps_of",
]
