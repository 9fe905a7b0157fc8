"""Bytes into text: which encoding a downloaded document is really in.

A feed in windows-1251 that is read as Latin-1 becomes ``Óêðà¿íà``, and no keyword ever matches it, without any
error. So a declared encoding is believed only as long as its result looks like writing. The order is: byte order
mark, the HTTP header, the document's own declaration, strict UTF-8, a guess. Only encodings of a fixed list are
used: Python's codec names also hold things such as ``punycode`` and ``zlib`` that are no text encodings.

Must not: raise on any input, or repair anything without a note. The door to charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

from charset_normalizer import from_bytes

_SAMPLE = 65_536
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 us-ascii ascii",
    "cp1252": "windows-1252 cp1252 cp-1252 iso-8859-1 iso8859-1 latin1 latin-1 ansi",
    **{f"cp125{n}": f"windows-125{n} cp125{n} cp-125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    "cp1254": "windows-1254 cp1254 cp-1254 iso-8859-9 iso8859-9 latin5",
    **{f"iso8859-{n}": f"iso-8859-{n} iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "cp874": "iso-8859-11 tis-620 windows-874 cp874",
    "koi8-r": "koi8-r koi8r koi8 koi",
    "koi8-u": "koi8-u koi8u koi8-ru",
    "cp866": "ibm866 cp866 866",
    "mac-cyrillic": "x-mac-cyrillic mac-cyrillic maccyrillic",
    "mac-roman": "macintosh x-mac-roman macroman",
    "gb18030": "gb2312 gbk gb18030 x-gbk cp936 gb-2312-80",
    "big5hkscs": "big5 big5-hkscs x-x-big5 cn-big5",
    "cp932": "shift-jis sjis x-sjis windows-31j ms-kanji",
    "euc-jp": "euc-jp x-euc-jp eucjp",
    "iso2022-jp": "iso-2022-jp",
    "cp949": "euc-kr euckr ks-c-5601-1987 windows-949 cp949 korean",
    "utf-16": "utf-16 utf16 unicode",
    "utf-16-le": "utf-16le utf-16-le",
    "utf-16-be": "utf-16be utf-16-be",
    "utf-32": "utf-32",
}
"""Python codec to the labels that documents write (lower case, ``_`` as ``-``); after the WHATWG Encoding Standard."""
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_NAMES = {f"cp125{n}": f"windows-125{n}" for n in range(9)} | {"iso8859-5": "iso-8859-5", "iso8859-7": "iso-8859-7"}
_GUESSES = ("cp1251", "koi8-u", "koi8-r", "iso8859-5", "cp866", "cp1253", "iso8859-7", "cp1256", "cp1255", "cp874")
_CENTRAL = ("ąćęłńóśźż", "ěščřžýáíéúůťďňóäôľĺŕ", "áéíóöőúüű", "ăâîşţ", "čćžšđ")
_LATIN = {"cp1252": ("éèàùâêîôûçœäößñáíóúåæøãõüëïÿ",), "cp1250": _CENTRAL, "iso8859-2": _CENTRAL}
"""Letters with accents of the languages that these encodings were made for: one string for those that mix."""
_RATED = (*_LATIN, *_GUESSES)
_COMMON = (
    ("\u0400", "\u052f", frozenset("оаеинітсрвлкдпму")),
    ("\u0370", "\u03ff", frozenset("αοιετσνηυρπκμλςάίόέ")),
    ("\u0590", "\u05ff", frozenset("יוהלארתבשמנכ")),
    ("\u0600", "\u06ff", frozenset("اليمونرتبعدسهفک")),
    ("\u0e00", "\u0e7f", frozenset("านรอกเงวมยลสตทดบปีิ่ั้")),
)
"""Scripts that single-byte encodings hold: first and last letter, and the letters that make up most of any text."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_JUNK = re.compile("[^\\W\\d_][¤¦§¨©¬®°±²³¸¹º¼½¾¿¡×÷\u2500-\u25ff]+[^\\W\\d_]|[\x80-\x9f¶¢](?=[^\\W\\d_])")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str, kind: Literal["xml", "html"]) -> tuple[str, tuple[str, ...]]:
    """Decode a document; return its text without byte order mark, and notes on all that was not as declared.

    ``content_type`` is the HTTP header as sent (may be empty). Never raises: what cannot be decoded becomes
    U+FFFD and a note.
    """
    marked = _from_mark(body)
    if marked is not None:
        return marked
    labels = _declared(body, content_type, kind)
    notes = [f"encoding not known or not allowed: {label}" for label in labels if _codec(label) is None]
    codecs_ = [codec for codec in map(_codec, labels) if codec is not None and codec not in _WIDE]
    for codec in codecs_:
        text = _strict(body, codec)
        if text is not None and _believable(body, text, codec):
            return text, tuple(notes)
    text, codec, repaired = _guess(body, codecs_)
    if codecs_ or codec != "utf-8" or notes:
        declared = ", ".join(labels) or "none"
        notes.append(f"encoding guessed: {_NAMES.get(codec, codec)} (declared: {declared})")
    return text, (*notes, *repaired)


def _from_mark(body: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Decode by byte order mark, or by the NUL bytes that only a UTF-16 or UTF-32 text has in every character."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _lossy(body[len(mark) :], codec)
    wide = _wide(body[:400])
    if wide is None:
        return None
    text, notes = _lossy(body, wide)
    return text, (f"encoding guessed: {wide} (no byte order mark)", *notes)


def _wide(head: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 codec whose zero bytes show in ``head``, or None."""
    if len(head) < 8:
        return None
    zeros = [head[offset::4].count(0) * 4 / len(head) for offset in range(4)]
    if min(zeros[1:]) > 0.8 or min(zeros[:3]) > 0.8:
        return "utf-32-le" if zeros[0] < zeros[3] else "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if max(even, odd) < 0.3 or min(even, odd) > 0.1:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(body: bytes, content_type: str, kind: str) -> list[str]:
    """List the labels given by the header and by the document itself, each once, in that order."""
    pattern = _XML if kind == "xml" else _META
    inside = pattern.search(body[:8192]) or _XML.search(body[:512])
    header = _HEADER.search(content_type)
    found = [header.group(1)] if header else []
    if inside:
        found.append(inside.group(1).decode("ascii", "replace"))
    return list(dict.fromkeys(label.lower() for label in found))


def _codec(label: str) -> str | None:
    return _CODECS.get(label.lower().replace("_", "-"))


def _strict(body: bytes, codec: str) -> str | None:
    """Decode or return None. windows-1252 holds five unused bytes that real pages contain: those are kept."""
    try:
        return body.decode(codec)
    except UnicodeError:
        return body.decode("latin-1") if codec == "cp1252" else None


def _lossy(body: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    """Decode with U+FFFD for what does not fit, and say how often."""
    text = body.decode(codec, "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd") if codec == "utf-8" else text.count("\ufffd")
    return text, ((f"{bad} places not valid {codec}, replaced",) if bad > 0 else ())


def _believable(body: bytes, text: str, codec: str) -> bool:
    """Tell whether a document that decodes as declared also reads like writing."""
    if codec == "utf-8" or text.isascii():
        return True
    if _is_utf8(body, at_least=1 if len(text) == len(body) else 10):
        return False
    if codec not in _RATED:
        return True
    ratings = _ratings(body)
    return ratings[codec] >= max(ratings.values()) - 0.2


def _is_utf8(body: bytes, at_least: int) -> bool:
    """Tell whether the bytes are valid UTF-8 with ``at_least`` characters beyond ASCII."""
    text = _strict(body, "utf-8")
    return text is not None and sum(map(len, re.findall(r"[^\x00-\x7f]+", text[:_SAMPLE]))) >= at_least


def _guess(body: bytes, declared: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """Decode bytes whose declaration is absent or wrong: text, codec and notes on what was lost."""
    text, notes = _lossy(body, "utf-8")
    if not notes or _mostly_utf8(text):
        return text, "utf-8", notes
    codec = _by_letters(body) or _by_library(body, declared)
    text, notes = _lossy(body, codec)
    return text, codec, notes


def _mostly_utf8(text: str) -> bool:
    """Tell whether broken places are rare among characters beyond ASCII (one cut character, one pasted quote)."""
    bad = text.count("\ufffd")
    good = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return good >= 10 * bad


def _by_letters(body: bytes) -> str | None:
    """Return the single-byte encoding under which the words beyond ASCII read best, if they read well."""
    ratings = _ratings(body)
    best = max(ratings, key=lambda codec: ratings[codec])
    return best if ratings[best] > 0.55 else None


def _ratings(body: bytes) -> dict[str, float]:
    """Rate each single-byte encoding that we have letters for: 0 nonsense, 1 certainly writing."""
    sample = _dense(body)
    return {codec: _rating(sample.decode(codec, "replace"), codec) for codec in _RATED}


def _rating(text: str, codec: str) -> float:
    words = [word for word in _WORD.findall(text) if not word.isascii()][:2000]
    junk = len(_JUNK.findall(text)) + text.count("\ufffd")
    if codec in _LATIN:
        best = max(sum(_latin_score(word, letters) for word in words) for letters in _LATIN[codec])
    else:
        best = sum(map(_word_score, words))
    return best / (len(words) + junk or 1)


def _by_library(body: bytes, declared: list[str]) -> str:
    """Ask charset-normalizer, among the encodings of the list; windows-1252 when it does not know either."""
    allowed = sorted(set(_LABELS) - _WIDE - {"utf-8"})
    best = from_bytes(_dense(body), cp_isolation=allowed).best()
    codec = codecs.lookup(best.encoding).name if best else None
    usable = [c for c in declared if c != "utf-8"]
    return codec or (usable[0] if usable else "cp1252")


def _dense(body: bytes) -> bytes:
    """Return the lines that hold bytes beyond ASCII, up to a sample: markup says nothing about the encoding."""
    lines = [part[:2000] for part in re.split(rb"[\r\n<>]+", body[: 16 * _SAMPLE]) if not part.isascii()]
    return b"\n".join(lines)[:_SAMPLE]


def _cased(word: str) -> bool:
    """Small letters, capitals, one capital first, or a script without capitals."""
    return word[1:] == word[1:].lower() or word == word.upper()


def _word_score(word: str) -> float:
    """Score one word: nothing for mixed scripts or mixed case, else more the commoner its letters are."""
    for first, last, common in _COMMON:
        if first <= word[0] <= last:
            whole = all(first <= letter <= last for letter in word) and _cased(word)
            share = sum(letter in common for letter in word.lower()) / len(word)
            return min(1.0, share * 1.2) if whole else 0.0
    return 0.0


def _latin_score(word: str, letters: str) -> float:
    """Score a word with accents: nothing when it is all accents, else the share of accents that are of the set."""
    accents = [letter for letter in word.lower() if letter > "\x7f"]
    if not _cased(word) or len(accents) > max(1.0, 0.6 * len(word)):
        return 0.0
    return sum(letter in letters for letter in accents) / (len(accents) or 1)
