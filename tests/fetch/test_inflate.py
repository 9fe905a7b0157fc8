"""Laws of the body: whatever the pieces, the whole body or an error, never more than the limit."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch.inflate import body

BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15, "Deflate ": -15}
ENCODINGS = st.sampled_from([*BITS, "", "identity"])


def packed(encoding, data):
    if encoding not in BITS:
        return data
    packer = zlib.compressobj(6, zlib.DEFLATED, BITS[encoding])
    return packer.compress(data) + packer.flush()


def taken(encoding, sent, size, *, wire=1 << 20, limit=1 << 20):
    taking = body(encoding, wire=wire, limit=limit)
    for start in range(0, len(sent), size):
        taking.feed(sent[start : start + size])
    return taking.whole()


@given(ENCODINGS, st.binary(max_size=3000), st.integers(1, 400))
def test_any_body_in_any_pieces(encoding, data, size):
    assert taken(encoding, packed(encoding, data), size) == data


def outcome(*arguments, **limits):
    """The body, or the kind of error."""
    try:
        return taken(*arguments, **limits)
    except FetchError as error:
        return error.kind


@given(ENCODINGS, st.binary(min_size=1, max_size=500), st.integers(1, 50), st.integers(1, 60))
def test_never_more_than_the_limit(encoding, data, times, limit):
    data *= times
    expected = data if len(data) <= limit else "too_large"
    assert outcome(encoding, packed(encoding, data), 64, limit=limit, wire=1 << 20) == expected


@given(st.sampled_from(list(BITS)), st.binary(max_size=500), st.data())
def test_a_cut_body_is_never_whole(encoding, data, draw):
    sent = packed(encoding, data)
    cut = draw.draw(st.integers(1, len(sent) - 1))
    with pytest.raises(FetchError):
        taken(encoding, sent[:cut], 64)


@given(st.sampled_from(list(BITS)), st.binary(max_size=200), st.integers(1, 64))
def test_any_bytes_are_a_body_or_an_error(encoding, sent, size):
    result = outcome(encoding, sent, size)
    assert isinstance(result, bytes) or result in ("protocol", "bad_encoding")


def test_the_wire_is_counted_apart():
    with pytest.raises(FetchError, match="too_large"):
        taken("gzip", packed("gzip", bytes(range(256)) * 4), 16, wire=100)


def test_nothing_sent_is_an_empty_body():
    assert taken("gzip", b"", 1) == b""


def test_padding_after_the_end_does_no_harm():
    assert taken("gzip", packed("gzip", b"news") + bytes(64), 7) == b"news"


def test_several_gzip_files_in_a_row_are_refused():
    with pytest.raises(FetchError, match="bad_encoding"):
        taken("gzip", packed("gzip", b"one") * 2, 1000)
