"""The simulated month, made small: every story read or in a recorded gap, none twice, nobody asked too often."""

from __future__ import annotations

import subprocess
import sys

import pytest
from installation import PROJECT


@pytest.mark.timeout(300)
def test_two_days_of_nine_sources_in_trouble_without_a_fault():
    command = [sys.executable, "benchmarks/month.py", "--days", "2", "--sources", "9", "--first", "10"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("0 faults")
