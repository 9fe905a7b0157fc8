"""Bodies off the wire: counted, inflated within a limit, and whole or refused. Pure; bytes in, bytes out.

A body is never inflated further than the caller's limit, whatever its few bytes promise (3 KB of brotli hold 4 GB),
so only gzip and deflate are accepted, whose inflater can be told where to stop, and only one layer of them.
"""

from __future__ import annotations

import zlib
from typing import Protocol

from monitor.errors import FetchError

ACCEPTED = "gzip, deflate"
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits: which wrapper is expected


class Body(Protocol):
    """Takes a body piece by piece."""

    def feed(self, piece: bytes) -> None:
        """Take one piece off the wire."""

    def whole(self) -> bytes:
        """The body; raises FetchError ``protocol`` when its end is missing."""


def body(encoding: str, *, wire: int, limit: int) -> Body:
    """A body sent with this Content-Encoding, at most ``wire`` bytes as sent and ``limit`` bytes inflated.

    Raises:
        FetchError: ``bad_encoding`` for anything but one layer of gzip or deflate (RFC 9110, section 8.4.1).
            ``feed`` raises ``too_large`` past a limit and ``bad_encoding`` for what is not in the encoding named.

    """
    layers = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in ("", "identity")]
    if not layers:
        return _Plain(min(wire, limit))
    if len(layers) == 1 and layers[0] in ("gzip", "x-gzip"):
        return _Inflated(wire, limit, zlib.decompressobj(_GZIP))
    if layers == ["deflate"]:
        return _Inflated(wire, limit, None)
    raise FetchError("bad_encoding", "the body is in a Content-Encoding that was not asked for")


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        if len(self._body) + len(piece) > self._limit:
            raise too_large(self._limit)
        self._body += piece

    def whole(self) -> bytes:
        return bytes(self._body)


class _Inflated:
    """``inflater`` None: deflate, whose wrapper shows in the first two bytes (many servers leave it out)."""

    def __init__(self, wire: int, limit: int, inflater: zlib._Decompress | None) -> None:
        self._wire = wire
        self._limit = limit
        self._inflater = inflater
        self._start = b""
        self._sent = 0
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        self._sent += len(piece)
        if self._sent > self._wire:
            raise too_large(self._wire)
        if self._inflater is None:
            self._start += piece
            if len(self._start) < 2:
                return
            self._inflater, piece = zlib.decompressobj(_wrapper(self._start)), self._start
        self._inflate(self._inflater, piece)

    def _inflate(self, inflater: zlib._Decompress, piece: bytes) -> None:
        if inflater.eof:
            return  # what follows the end is padding, as browsers see it
        try:
            self._body += inflater.decompress(piece, self._limit - len(self._body) + 1)
        except zlib.error:
            raise FetchError("bad_encoding", "the body is not in the Content-Encoding it names") from None
        if len(self._body) > self._limit:
            raise too_large(self._limit)
        if inflater.unused_data.startswith(_GZIP_MAGIC):
            raise FetchError("bad_encoding", "the body is several gzip files in a row")

    def whole(self) -> bytes:
        if self._sent and not (self._inflater and self._inflater.eof):
            raise FetchError("protocol", "the compressed body is cut off")
        return bytes(self._body)


def too_large(limit: int) -> FetchError:
    """The error for a body over ``limit`` bytes."""
    return FetchError("too_large", f"the body has more than {limit:,} bytes")


def _wrapper(start: bytes) -> int:
    """Window bits for a deflate body: with the zlib wrapper (RFC 1950) or, as some servers do, without."""
    wrapped = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return _ZLIB if wrapped else _RAW
