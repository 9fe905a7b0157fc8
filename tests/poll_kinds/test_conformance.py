"""Feeds are read at least as well as feedparser alone reads them, suite by suite, and real documents all end well."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SUITES = ("feed-rs", "gofeed-atom", "gofeed-rss", "gofeed-translator", "rbren")


@pytest.fixture(scope="module")
def conformance():
    spec = importlib.util.spec_from_file_location("conformance", PROJECT / "benchmarks" / "conformance.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.suites():
        pytest.skip("the parser suites are absent")
    return module


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("suite", SUITES)
def test_no_suite_is_read_worse_than_by_feedparser(conformance, suite):
    ours = conformance.score(suite, conformance.with_monitor)
    theirs = conformance.score(suite, conformance.with_feedparser_as_text)
    assert ours.cases > 0
    assert ours.passed >= theirs.passed, set(ours.failed) - set(theirs.failed)


def test_json_feeds_of_the_suites_are_read(conformance):
    ours = conformance.score("feed-rs", conformance.with_monitor)
    assert [name for name in ours.failed if "jsonfeed" in name and "elastic" not in name] == []


def test_real_documents_lose_no_entry(conformance):
    feeds = list(conformance.real_feeds())
    cap = conformance.raw.MAX_ENTRIES
    assert len(feeds) > 400
    assert [one.path for one in feeds if one.entries < min(one.reference, cap)] == []
