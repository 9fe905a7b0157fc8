"""URLs as they may be shown, and texts without their secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.secrets import Masker, mask, mask_web, secrets_of


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("tgram://123456:hunter2/-100123", "tgram://***/-100123"),
        ("mailtos://me:hunter2@mx.example.org:587?to=you@example.org", "mailtos://***@mx.example.org:587?***"),
        ("json://hook.example.org/hunter2?key=hunter2", "json://hook.example.org/***?***"),
        ("https://hook.example.org/hunter2", "https://hook.example.org/***"),
        ("slack://hunter2/hunter2/hunter2", "slack://***/***/***"),
        ("discord://hunter2", "discord://***"),
        ("hunter2", "***"),
        ("http://[hunter2", "***"),
        ("", "***"),
    ],
)
def test_a_channel_is_shown_without_its_secrets(url, shown):
    assert mask(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/feed?page=2", "https://a.example/feed?page=2"),
        ("https://me:hunter2@a.example/feed", "https://***@a.example/feed"),
        ("https://a.example/feed?apikey=hunter2&page=2", "https://a.example/feed?apikey=***&page=2"),
        ("http://[hunter2", "***"),
    ],
)
def test_a_web_address_is_shown_without_its_secrets(url, shown):
    assert mask_web(url) == shown


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("tgram://123456:hunter2x/-100123", "hunter2x"),
        ("tgram://123456:hunter2x/-100123", "123456:hunter2x"),
        ("mailto://me:pa%40ss@mx.example.org", "pa@ss"),
        ("https://hook.example.org/x/hunter2x", "hunter2x"),
        ("json://hook.example.org/?token=hunter2", "hunter2"),
        ("slack://hunter2x/hunter3x", "hunter3x"),
    ],
)
def test_the_secret_parts_of_a_channel_are_known(url, secret):
    assert secret in secrets_of(url)
    assert secret not in Masker(secrets_of(url)).mask(f"failed: {url}")


def test_the_host_of_a_mail_server_is_no_secret():
    assert not any("mx.example.org" in secret for secret in secrets_of("mailto://me:hunter2@mx.example.org"))


@pytest.mark.parametrize(
    ("secrets", "text", "masked"),
    [
        ([], "nothing", "nothing"),
        (["abc"], "abc stays: too short", "abc stays: too short"),
        (["hunter2"], "a hunter2 b hunter2", "a *** b ***"),
        (["hunter", "hunter2"], "hunter2!", "***!"),
        (["abcdef", "defghi"], "abcdefghi", "***"),
        (["aaaa"], "aaaaaa", "***"),
        (["aaaa"], "aaaaaaaa aaaa", "*** ***"),
        (["p@ss/w"], "url p%40ss%2Fw", "url ***"),
        (['pa"ss'], '{"x": "pa\\"ss"}', '{"x": "***"}'),
        (["naïve"], "na\\u00efve", "***"),
        (["a.*b"], "a.*b axxb", "*** axxb"),
    ],
)
def test_known_secrets_are_blotted_out(secrets, text, masked):
    assert Masker(secrets).mask(text) == masked


@given(st.lists(st.text("ab", min_size=4, max_size=8), max_size=4), st.text("abc ", max_size=60))
def test_no_secret_survives_and_nothing_else_is_touched(secrets, text):
    masked = Masker(secrets).mask(text)
    assert not any(secret in masked for secret in secrets)
    if not any(secret in text for secret in secrets):
        assert masked == text
