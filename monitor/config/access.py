"""The section ``web``: one string to one value, what concerns several entries, and all of it as one value.

No message shows what it got, since any of it may be a secret. Must not: read the environment, check a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from monitor.config.checks import same_name
from monitor.model import Access, ApiToken, User
from monitor.passwords import hash_fault

if TYPE_CHECKING:
    from monitor.config.located import KeyPath, Located
    from monitor.config.models import Web

SCOPES = ("read", "review")
"""What a token may be for."""
SHORTEST_TOKEN = 24
CUT = "a hash has commas; write it between quotes"

_HALF = re.compile(r"\$argon2id\$v=19\$m=[0-9]+")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, section 2.1


def password_hash(text: str) -> str:
    """Read an argon2id hash."""
    fault = CUT if _HALF.fullmatch(text) else hash_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def token(text: str) -> str:
    """Read an API token."""
    if not _TOKEN.fullmatch(text) or not SHORTEST_TOKEN <= len(text) <= 512:
        raise ValueError(
            f"expected a token of at least {SHORTEST_TOKEN} letters, digits and - . _ ~ + /, such as"
            " `openssl rand -hex 24` makes"
        )
    return text


def scope(text: str) -> str:
    """Read what a token is for."""
    if text not in SCOPES:
        raise ValueError(f"expected one of: {', '.join(SCOPES)}")
    return text


def doubles(data: Mapping[str, Any], located: Located) -> Iterator[tuple[KeyPath, str]]:
    """Yield names and tokens that are used twice: each decision is told by one name."""
    names: dict[str, KeyPath] = {}
    tokens: dict[str, KeyPath] = {}
    for path, entry in _entries(data):
        for key, seen, form in (("name", names, same_name), ("token", tokens, str.strip)):
            value = entry.get(key)
            if not isinstance(value, str) or not value.strip():
                continue
            first = seen.setdefault(form(value), path)
            if first is not path:
                where = f"web.{first[1]}[{first[2]}] at line {located.line((*first, key))}"
                yield (*path, key), f"used twice; {where} has the same {key}"


def access(web: Web) -> Access:
    """Who may pass by what the file says; the shared password is not in it."""
    return Access(
        users=tuple(User(keys.name, keys.password) for keys in web.users),
        tokens=tuple(ApiToken(keys.name, keys.token, keys.scopes) for keys in web.tokens),
        sessions=web.sessions,
        https=web.https,
    )


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    web = data.get("web")
    for section in ("users", "tokens"):
        listed = web.get(section) if isinstance(web, dict) else None
        for at, entry in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(entry, dict):
                yield ("web", section, at), entry
