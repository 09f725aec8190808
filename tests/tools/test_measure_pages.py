"""tools/measure_pages.py at its smallest: every page it names opens in the school it fills."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "measure_pages.py"


@pytest.mark.deep
def test_every_page_is_measured():
    words = [sys.executable, str(TOOL), "--sizes", "1", "--repeats", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("  /")]
    assert len(lines) > 15
    assert [line for line in lines if not re.search(r"\d statements .* x bare$", line)] == []
