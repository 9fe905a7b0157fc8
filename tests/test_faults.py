"""Every fault of the catalogue that has been taken up is named by a test that shows how it ends: ``fault("A7")``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TAKEN_UP = {"A": 22, "B": 19, "C": 10, "D": 10, "E": 13, "F": 15, "G": 10, "H": 13, "I": 8, "J": 11}
"""Groups (network, feeds, pages, matching, storage, alerts, clock, web, configuration, operation) and their sizes."""
ALL = [f"{group}{number}" for group, count in TAKEN_UP.items() for number in range(1, count + 1)]


def named(tree):
    """The faults that marks in this module name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


@pytest.fixture(scope="module")
def shown():
    return {fault for path in HERE.rglob("test_*.py") for fault in named(ast.parse(path.read_text("utf-8")))}


def test_the_search_finds_what_it_looks_for():
    assert list(named(ast.parse('@pytest.mark.fault("A1", "A2")\ndef test_x(): pass'))) == ["A1", "A2"]


@pytest.mark.parametrize("fault", ALL)
def test_a_test_shows_how_it_ends(shown, fault):
    assert fault in shown


def test_only_faults_of_the_catalogue_are_named(shown):
    assert shown <= set(ALL)
