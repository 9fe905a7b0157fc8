"""Times in a message: the publisher's clock, the reader's, and when one of them says it all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from messages import hit

from monitor.deliver.moments import when
from monitor.deliver.names import country_name, country_zone, language_name, languages


@pytest.mark.parametrize(
    ("published", "country", "tz", "said"),
    [
        ("2023-02-12T12:20:00+00:00", "UA", "Europe/Berlin", "12 Feb, 14:20 Kyiv (13:20 Berlin)"),
        ("2023-02-12T12:20:00+00:00", "ua", "Europe/Kyiv", "12 Feb, 14:20 Kyiv"),
        ("2023-02-12T12:20:00+00:00", "FR", "Europe/Berlin", "12 Feb, 13:20 Berlin"),
        ("2023-02-12T12:20:00+00:00", "US", "Europe/Berlin", "12 Feb, 13:20 Berlin"),
        ("2023-02-12T12:20:00+00:00", None, "UTC", "12 Feb, 12:20 UTC"),
        ("2023-02-12T20:20:00+00:00", "JP", "America/New_York", "13 Feb, 05:20 Tokyo (12 Feb, 15:20 New York)"),
        ("2023-02-12T12:20:00+00:00", "IN", "UTC", "12 Feb, 17:50 Kolkata (12:20 UTC)"),
        ("2022-12-31T23:30:00+00:00", "UA", "UTC", "1 Jan, 01:30 Kyiv (31 Dec 2022, 23:30 UTC)"),
        ("2022-02-12T12:20:00+00:00", "UA", "UTC", "12 Feb 2022, 14:20 Kyiv (12:20 UTC)"),
        (None, "UA", "Europe/Berlin", "publication time unknown, found 12 Feb, 13:27 Berlin"),
        ("2023-02-12T12:20:00+00:00", "QQ", "UTC", "12 Feb, 12:20 UTC"),
    ],
)
def test_when_it_was_published(published, country, tz, said):
    assert when(hit(published=published, country=country), tz) == said


def test_the_year_goes_without_saying_only_in_the_year_it_was_found():
    old = hit(published="2023-12-31T20:00:00+00:00", found=datetime(2024, 1, 1, 3, tzinfo=UTC))
    assert when(old, "UTC") == "31 Dec 2023, 20:00 UTC"


def test_names_are_those_people_use():
    assert [language_name(code) for code in ("uk", "pt-BR", "iw", "zz-top", None)] == [
        "Ukrainian",
        "Portuguese",
        "Hebrew",
        "zz-top",
        "language unknown",
    ]
    assert [country_name(code) for code in ("UA", "de", "UK", "Q9", None)] == [
        "Ukraine",
        "Germany",
        "United Kingdom",
        "Q9",
        "",
    ]
    assert all(name != code for code, name in languages().items())


@pytest.mark.parametrize(
    ("country", "zone"), [("UA", "Europe/Kyiv"), ("DE", "Europe/Berlin"), ("RU", None), ("", None)]
)
def test_a_country_has_the_zone_that_most_people_live_by_or_none(country, zone):
    assert country_zone(country) == zone
