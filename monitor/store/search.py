"""The folded form in which hits are searched: the same for what is stored and for what is asked."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Compatibility form, without case, invisible characters and the Latin, Cyrillic and Greek accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in plain if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", kept)
