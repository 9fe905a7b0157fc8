"""Make the text of an XML feed safe and whole before a parser sees it.

The document type declaration is cut out, however it is written: expat overflows its stack on long entity chains
(CVE-2024-8176), and a billion laughs costs time even when it is refused. Named HTML entities and the plain entities
that the declaration defined still resolve, as character references. Characters that XML forbids, stray ampersands
and impossible references are mended, so that one of them does not cost the strict parse of the whole feed.

Must not: parse XML. Every pass is linear in the length of the text.
"""

from __future__ import annotations

import html.entities
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ENTITIES = 300
MAX_ENTITY_VALUE = 64
MAX_TAG = 16_384
MAX_ATTRIBUTES = 500

_PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}
_HTML = {name: f"&#{code};" for name, code in html.entities.name2codepoint.items() if name not in _PREDEFINED}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_START = re.compile(
    r"<(?:\?xml|!DOCTYPE|!--|(?:[a-z]\w{0,20}:)?(?:rss|feed|RDF|channel|urlset|sitemapindex))\b|<!", re.IGNORECASE
)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>", re.IGNORECASE)
_BEFORE_DTD = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DTD_PART = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|\"[^\"]*\"|'[^']*'|[\[\]>]", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.:-]{1,40})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_ANY_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s*)?([\w.:-]{1,40})")
_PLAIN = re.compile(r"(?:[^&<%]|&#\d{1,7};|&#x[0-9a-fA-F]{1,6};)*")
_REFERENCE = re.compile(
    r"(?P<skip><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))"
    r"|&(?:\#(?P<dec>[0-9]{1,12});|\#[xX](?P<hex>[0-9a-fA-F]{1,12});|(?P<name>[A-Za-z][\w.:-]{0,40});)?",
    re.DOTALL,
)
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_TAG},}}")


class Tidy(NamedTuple):
    """Text ready for an XML parser, without declaration, and what was done to it."""

    text: str
    notes: tuple[str, ...]


def tidy(text: str) -> Tidy:
    """Cut prolog and document type declaration, mend characters and references; say what was mended."""
    clean, controls = _FORBIDDEN.subn("", text)
    started, junk = _cut_junk(clean)
    bare, entities, unsafe = _cut_dtd(started)
    mended, notes = _mend_references(bare, entities, unsafe)
    return Tidy(mended, (*_count("forbidden characters removed", controls), *junk, *notes))


def too_many_attributes(markup: str) -> bool:
    """Tell whether one tag is so long and full of attributes that every parser needs quadratic time for it."""
    return any(tag.group().count("=") > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(markup))


def _cut_junk(text: str) -> tuple[str, tuple[str, ...]]:
    """Drop what stands before the document: blank lines, a server's warning."""
    start = _START.search(text, 0, 65_536)
    if start is None:
        return text.lstrip(), ()
    junk = text[: start.start()].strip()
    rest = text[start.start() :]
    declaration = _DECLARATION.match(rest)
    rest = rest[declaration.end() :] if declaration else rest
    return rest.lstrip(), (("text before the document dropped",) if junk else ())


def _cut_dtd(text: str) -> tuple[str, Mapping[str, str], frozenset[str]]:
    """Cut the declaration; return the rest, its plain entities, and the names that must resolve to nothing."""
    before = _BEFORE_DTD.match(text)
    start = before.end() if before else 0
    if text[start : start + 9].upper() != "<!DOCTYPE":
        return text, {}, frozenset()
    end = _dtd_end(text, start + 9)
    dtd = text[start:end]
    entities = _plain_entities(dtd)
    unsafe = frozenset(match.group(1) for match in _ANY_ENTITY.finditer(dtd)) - entities.keys() - _PREDEFINED
    return text[end:], entities, unsafe - _HTML.keys()


def _dtd_end(text: str, start: int) -> int:
    """Return the offset behind the ``>`` that ends the declaration begun before ``start``."""
    depth = 0
    for part in _DTD_PART.finditer(text, start):
        mark = part.group()
        depth += (mark == "[") - (mark == "]")
        if mark == ">" and depth <= 0:
            return part.end()
    return len(text)


def _plain_entities(dtd: str) -> dict[str, str]:
    """Collect the entities whose value is short text without further entities."""
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(dtd):
        value = match.group(2) or match.group(3) or ""
        if len(found) < MAX_ENTITIES and len(value) <= MAX_ENTITY_VALUE and _PLAIN.fullmatch(value):
            found[match.group(1)] = value
    return found


def _mend_references(text: str, entities: Mapping[str, str], unsafe: frozenset[str]) -> Tidy:
    """Resolve named references outside CDATA and comments; escape stray ampersands; drop impossible characters."""
    counts = {"stray ampersands mended": 0, "impossible character references dropped": 0, "unsafe entities dropped": 0}
    known = _HTML | {name: value for name, value in entities.items() if name not in _PREDEFINED}

    def mend(match: re.Match[str]) -> str:
        if match["skip"] is not None:
            return match.group()
        new, note = _reference(match, known, unsafe)
        if note:
            counts[note] += 1
        return new

    mended = _REFERENCE.sub(mend, text)
    return Tidy(mended, tuple(note for what, n in counts.items() for note in _count(what, n)))


def _reference(match: re.Match[str], known: Mapping[str, str], unsafe: frozenset[str]) -> tuple[str, str]:
    """Return what one reference becomes, and the name of the repair or an empty string."""
    whole, name = match.group(), match["name"]
    if match["dec"] or match["hex"]:
        code = int(match["dec"]) if match["dec"] else int(match["hex"], 16)
        return (whole, "") if _allowed(code) else ("", "impossible character references dropped")
    if name in _PREDEFINED:
        return whole, ""
    if name in unsafe:
        return "", "unsafe entities dropped"
    if name in known:
        return known[name], ""
    return "&amp;" + whole[1:], "stray ampersands mended"


def _allowed(code: int) -> bool:
    """Tell whether XML 1.0 allows the character (section 2.2)."""
    return code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF


def _count(what: str, number: int) -> tuple[str, ...]:
    return (f"{what}: {number}",) if number else ()
