"""Five real papers: what a person found in them (method.md §10), and nothing that is not there.

Their texts are not kept here; NASTAVNIK_SEEDS names the folder with the documents.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from nastavnik.readers.linting import lint_document

FOLDER = os.environ.get("NASTAVNIK_SEEDS", "")

#: source → rule → lines; what a person read in the paper and judged true
EXPECTED = {
    "000": {"empty-target": [64, 69], "no-owner": [43], "out-of-order": [31, 42, 49]},  # C5, C14
    "001": {"two-names": [6]},  # C22
    "002": {
        "form-count": [256],  # C1
        "stage-missing": [73],  # C2
        "stage-mixed": [76],  # C2
        "foreign-organisation": [121],  # C3
        "register-count": [145, 316],  # C27
        "out-of-order": [363, 372, 373, 374],  # C15
    },
    "003": {"past-target": [9], "act-misquoted": [35, 35]},  # C10, C23
    "004": {
        "before-approval": [86, 92, 98, 104, 147, 156, 162],  # C11
        "two-dates": [156, 162],  # C12
        "annex-number": [32],  # C13
        "two-names": [29],  # C13
        "two-titles": [27],  # C13
        "out-of-order": [168, 174],  # C14
        "register-count": [292],  # C27
    },
}


@pytest.mark.skipif(not FOLDER, reason="NASTAVNIK_SEEDS names no folder with the five documents")
@pytest.mark.parametrize("name", EXPECTED)
def test_finds_what_a_person_found_and_nothing_else(name):
    path = next(Path(FOLDER).glob(f"{name}_*.txt"))
    found = Counter(
        (one.rule.value, one.line) for one in lint_document(path.read_bytes(), path.name).findings
    )
    wanted = Counter((rule, line) for rule, lines in EXPECTED[name].items() for line in lines)
    assert found == wanted
