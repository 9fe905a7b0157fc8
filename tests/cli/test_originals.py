"""The five articles that the project started from, where they are at hand: the real command says the right thing."""

import json
from pathlib import Path

import pytest

from monitor.cli.main import run

PROJECT = Path(__file__).resolve().parents[2]
ORIGINALS = sorted((PROJECT.parent / "shared" / "seeds").glob("*.txt"))


@pytest.mark.skipif(not ORIGINALS, reason="the original articles are not part of the repository")
def test_each_original_hits_what_it_should(capsys):
    assert run(["--config", str(PROJECT / "sources.yaml"), "match", "--json", *map(str, ORIGINALS)]) == 0
    told = json.loads(capsys.readouterr().out)
    hits = [{name for name, topic in one["topics"].items() if topic["hit"]} for one in told]
    assert [("ramstein" in found) for found in hits] == [True, True, False, True, True]
    assert hits[2] == {"ukraine-aid"}
