"""The rules of the house that no linter knows."""

import ast
import re
import statistics
from pathlib import Path

import pytest

import monitor

PACKAGE = Path(monitor.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
CLOCKS = {
    "app.py": "the composition root hands the clock and chance out",
    "clockwork.py": "what ticks tells how long ago it last did",
    "crew.py": "",
    "daemon.py": "it starts the clockwork",
    "cli": "a command is asked at a moment",
    "engine.py": "how long jobs in hand get to end",
    "worker.py": "what leads tells that it does, and offers what is due",
    "pool.py": "the time limit of a child process",
    "fetch": "deadlines are given a monotonic clock, with the real one as the default",
    "deliver/notify.py": "the Date header of a mail, with the real clock as the default",
    "deliver/wire.py": "a deadline in seconds",
}
READS = {("datetime", "now"), ("time", "time"), ("time", "monotonic"), ("os", "environ"), ("random", "random")}


def name(path):
    return str(path.relative_to(PACKAGE))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_module_fits_in_the_head(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert name(path) == "__main__.py" or len(ast.get_docstring(ast.parse(text)) or "") > 20, "says what it is"


def test_functions_are_small():
    lengths = [
        node.end_lineno - node.lineno + 1 for path in FILES for node in functions(ast.parse(path.read_text("utf-8")))
    ]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[-1] <= 35


def readers(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in READS:
            yield node.lineno


def test_the_search_for_clocks_finds_one():
    assert list(readers(ast.parse("import time\nx = time.time()"))) == [2]


def test_nothing_below_the_composition_root_reads_a_clock_the_environment_or_chance():
    allowed = tuple(CLOCKS)
    found = {name(path): list(readers(ast.parse(path.read_text("utf-8")))) for path in FILES}
    assert {file: lines for file, lines in found.items() if lines and not file.startswith(allowed)} == {}


POSSESSIVE = re.compile(r"(?<![\\(])\)[*+?]\+")


def test_no_group_of_a_pattern_is_possessive():
    """Before Python 3.11.5 one that fails half-way has moved on (python/cpython gh-106052); an atomic group has not."""
    assert POSSESSIVE.search(r"(?:a|b)*+")
    assert [path.name for path in FILES if POSSESSIVE.search(path.read_text("utf-8"))] == []
