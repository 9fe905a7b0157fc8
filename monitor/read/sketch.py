"""What is kept of a text to recognise its copies: MinHash signatures of its beginnings. The door to rensa.

A copy is often shortened, or its outlet puts lines of its own before and after. So a text has one signature for each of
several beginnings, and two texts are compared over the beginning that the shorter one fills: what share of the shorter
one's shingles the longer one has too. Shingles are runs of letters and digits alone, folded, without spaces, so that
every script works alike and neither typography nor layout counts.

Must not: decide what a copy is. The bytes begin with SCHEME, which must change with anything that changes a signature;
signatures of different schemes are never compared.

Sources: Broder, "On the resemblance and containment of documents" (1997); rensa's R-MinHash, algorithm version 2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from rensa import RMinHash

from monitor.match.normalise import Skeleton
from monitor.match.script import DENSE, HANGUL, script_of

Array = np.ndarray[Any, Any]

SCHEME = 1
LEVELS = (200, 600, 1_800, 5_400, 16_000)
"""Letters of the beginnings; texts in Han, kana or Hangul fill each with a third of that."""
SLOTS = 128
MAX_CHARACTERS = 20_000
MIN_SHINGLES = 24

_SEED = 20_220_426
_WIDTH, _DENSE_WIDTH = 9, 4
_HEAD = struct.Struct(f"<BB{len(LEVELS)}H")
SIZE = _HEAD.size + 2 * SLOTS * len(LEVELS)
_DENSITY = 3
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def sketch(text: str) -> bytes:
    """Return the signature of the first MAX_CHARACTERS of a text, always of the same size."""
    letters = Skeleton(text[:MAX_CHARACTERS]).text
    dense = _is_dense(letters)
    width, density = (_DENSE_WIDTH, _DENSITY) if dense else (_WIDTH, 1)
    shingles = _shingles(letters, width)
    ends = [max(min(level // density - width + 1, len(shingles)), 0) for level in LEVELS]
    head = _HEAD.pack(SCHEME, RMinHash.ALGORITHM_VERSION % 256, *(min(end * density, 0xFFFF) for end in ends))
    rows = [shingles[:end].tolist() for end in ends]
    digests = RMinHash.digest_matrix_from_token_hash_sets(rows, SLOTS, _SEED).to_rows()
    return head + (np.array(digests, dtype=np.uint64) & 0xFFFF).astype("<u2").tobytes()


def contained(new: bytes, many: Sequence[bytes]) -> Array:
    """Return for each of the signatures what share of the shorter text the longer one has too, 0 to 1.

    0 where one has fewer than MIN_SHINGLES, or was made by another scheme.
    """
    result = np.zeros(len(many))
    places = [place for place, one in enumerate(many) if len(one) >= SIZE and one[:2] == new[:2]]
    if len(new) < SIZE or not places:
        return result
    sizes, mins = _read([many[place][:SIZE] for place in places])
    own_sizes, own_mins = (part[0] for part in _read([new[:SIZE]]))
    jaccard = np.count_nonzero(mins == own_mins, axis=2) / SLOTS
    result[places] = _containment(jaccard, sizes.astype(np.float64), own_sizes.astype(np.float64))
    return result


def _containment(jaccard: Array, sizes: Array, own: Array) -> Array:
    """Turn resemblance at each level into containment at the level which the shorter text fills, or the one after."""
    smaller = np.minimum(sizes, own)
    common = jaccard / (1 + jaccard) * (sizes + own)
    contained = np.minimum(common / np.maximum(smaller, 1), 1)
    total = np.minimum(sizes[:, -1], own[-1])
    level = np.minimum(np.searchsorted(_fills(), total), len(LEVELS) - 1)
    rows = np.arange(len(sizes))
    best = np.maximum(contained[rows, level], contained[rows, np.minimum(level + 1, len(LEVELS) - 1)])
    return np.where(total < MIN_SHINGLES, 0, best)


def _fills() -> Array:
    return np.array(LEVELS) - _WIDTH - _DENSE_WIDTH * _DENSITY


def _read(signatures: Sequence[bytes]) -> tuple[Array, Array]:
    table = np.frombuffer(b"".join(signatures), dtype=np.uint8).reshape(len(signatures), SIZE)
    sizes = np.ascontiguousarray(table[:, 2 : _HEAD.size]).view("<u2")
    mins = np.ascontiguousarray(table[:, _HEAD.size :]).view("<u2")
    return sizes, mins.reshape(len(signatures), len(LEVELS), SLOTS)


def _is_dense(letters: str) -> bool:
    sample = letters[:600]
    return sum(script_of(letter) in {DENSE, HANGUL} for letter in sample) * 2 > len(sample)


def _shingles(letters: str, width: int) -> Array:
    """Return a 64-bit hash of each run of ``width`` letters."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(codes) < width:
        return codes[:0]
    windows = np.lib.stride_tricks.sliding_window_view(codes, width)
    hashes = np.zeros(len(windows), dtype=np.uint64)
    for column in range(width):
        hashes = (hashes ^ windows[:, column]) * _FACTOR
        hashes ^= hashes >> np.uint64(29)
    return hashes
