"""Where a source is polled, when that is not what is written."""

from __future__ import annotations

import pytest

from monitor.poll.kinds.address import polled_url, preview_url

CHANNEL = "https://t.me/s/GeneralStaffZSU"


@pytest.mark.parametrize(
    ("written", "polled"),
    [
        ("https://t.me/GeneralStaffZSU", CHANNEL),
        ("http://t.me/GeneralStaffZSU/", CHANNEL),
        ("https://t.me/s/GeneralStaffZSU", CHANNEL),
        ("https://www.t.me/@GeneralStaffZSU", CHANNEL),
        ("https://telegram.me/GeneralStaffZSU/123?single", CHANNEL),
        ("HTTPS://TELEGRAM.DOG/GeneralStaffZSU#x", CHANNEL),
        ("https://t.me/s/GeneralStaffZSU?before=100", CHANNEL + "?before=100"),
        ("https://t.me/+AbCdEf123", "https://t.me/+AbCdEf123"),
        ("https://t.me/joinchat/AbCdEf123", "https://t.me/joinchat/AbCdEf123"),
        ("https://t.me/s/s", "https://t.me/s/s"),
        ("https://mirror.example/s/name", "https://mirror.example/s/name"),
        ("https://t.me.evil.example/name", "https://t.me.evil.example/name"),
    ],
)
def test_the_preview_of_a_channel(written, polled):
    assert preview_url(written) == polled
    assert preview_url(polled) == polled


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
def test_other_kinds_are_polled_where_it_is_written(kind):
    assert polled_url(kind, "https://t.me/name") == "https://t.me/name"
    assert polled_url("telegram", "https://t.me/name") == "https://t.me/s/name"
