"""Passwords as argon2id hashes: made, checked, refused when anybody would guess them. The only door to argon2-cffi.

Must not: draw chance (a salt is handed in), log, keep a password.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SALT: Final = 16
"""Bytes of a salt (RFC 9106, section 3.1)."""
LEAST: Final = 8
"""Characters of a password at least (NIST SP 800-63B, section 3.1.1)."""
_MOST = 256
_PREFIX = "$argon2"
# OWASP Password Storage Cheat Sheet: 19 MiB, two rounds, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_HASH = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,6}),t=([0-9]{1,2}),p=([0-9]{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}"
)
_LARGEST = 256 * 1024
"""KiB that one check may take."""
_OBVIOUS = frozenset({
    "123456", "1234567", "12345678", "123456789", "1234567890", "abc123", "abc12345", "abcd1234", "admin", "admin123",
    "administrator", "change-me", "changeit", "changeme", "hunter2", "iloveyou", "letmein", "letmein1", "monitor",
    "monitor1", "monitor123", "passw0rd", "password", "password1", "password123", "pa$$word", "qwerty", "qwerty123",
    "qwertyuiop", "ramstein", "ramstein1", "ramstein-monitor", "secret", "secret123", "test1234", "welcome1",
    "йцукенгш", "пароль", "пароль123",
})  # fmt: skip


def hashed(password: str, salt: bytes) -> str:
    """The argon2id hash of a password, as it is written into a configuration (PHC string format)."""
    return _HASHER.hash(_normal(password), salt=salt)


def matches(password: str, stored: str) -> bool:
    """Whether this is the password; ``stored`` is its hash, or the password itself.

    Takes some 20 ms and 19 MiB for a hash (as its parameters say), and constant time for a password.
    """
    if not is_hash(stored):
        return hmac.compare_digest(_normal(password), _normal(stored))
    try:
        return _HASHER.verify(stored, _normal(password))
    except (Argon2Error, InvalidHashError):
        return False


def is_hash(text: str) -> bool:
    """Whether a text is meant to be a hash, not a password."""
    return text.startswith(_PREFIX)


def hash_fault(text: str) -> str:
    """What is wrong with a hash, in words that do not show it; empty for a good one."""
    found = _HASH.fullmatch(text)
    if found is None:
        return "expected an argon2id hash, not the password itself; `monitor config password` makes one"
    memory, lanes = int(found[1]), int(found[3])
    if not (8 * lanes <= memory <= _LARGEST and lanes and int(found[2])):
        return f"expected an argon2id hash of at most {_LARGEST // 1024} MiB; `monitor config password` makes one"
    return ""


def weakness(password: str) -> str:
    """Why a new password is refused, in words that do not show it; empty for one that may be taken."""
    said = password.strip()
    if not said:
        return "the password is empty"
    if len(said) < LEAST:
        return f"the password is shorter than {LEAST} characters"
    if len(password) > _MOST:
        return f"the password is longer than {_MOST} characters"
    return "the password is among the first that anybody tries" if is_obvious(said) else ""


def is_obvious(password: str) -> bool:
    """Whether it is one of the handful that everybody tries first, or one character again and again."""
    said = password.strip().casefold()
    return said in _OBVIOUS or len(set(said)) < 3


def _normal(password: str) -> bytes:
    """One form for what keyboards write in two (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
