"""What must not pass for an article: documents that are no pages, pages no parser may see, pages without text.

Each function returns the reason in words, or None when it has nothing against it. The caller then falls back to
the feed's own text. The gate is conservative: a short notice of a few lines is an article. Pages that hold something
else than the article are told in ``walls.py``.

Must not: decide what is on topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.tree import too_many_attributes

MIN_WEIGHT = 60
SHORT = 250
"""Text under this weight is an article only when the page has nothing longer."""
WIDEST = 3
"""What a character weighs at most."""
MAX_TAG = 16_384
MAX_ATTRIBUTES = 500

_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"\x7fELF", "a program"),
)
_OTHER_TYPES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_TAG},}}")


def refuse_document(body: bytes, content_type: str) -> str | None:
    """Say why these bytes are no HTML page; None when they may be one, whatever the header says."""
    head = body[:1024].lstrip(b"\x00\t\r\n \xef\xbb\xbf")
    named = next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)
    if named:
        return f"not a page: {named}"
    if body[4:8] == b"ftyp":
        return "not a page: a video file"
    mime = content_type.partition(";")[0].strip().lower()
    if mime.startswith(_OTHER_TYPES) and b"<" not in head:
        return f"not a page: {mime}"
    if not body.strip():
        return "not a page: the document is empty"
    return None


def refuse_markup(html: str) -> str | None:
    """Say why this markup is not parsed: a tag with so many attributes that every parser needs minutes for it."""
    suspect = any(tag.count("=") > MAX_ATTRIBUTES for tag in _long_tags(html))
    return "not parsed: one tag with hundreds of attributes" if suspect and too_many_attributes(html) else None


def _long_tags(html: str) -> Iterator[str]:
    """Yield the tags with more than MAX_TAG characters; looked at are only the last brackets within each such stretch.

    Two steps go on by MAX_TAG at least, so this is linear, and a few microseconds for most pages.
    """
    start, last = 0, len(html) - MAX_TAG
    while start <= last:
        end = start + MAX_TAG
        bracket = max(html.rfind("<", start, end), html.rfind(">", start, end))
        if bracket < 0 and start and (tag := _LONG_TAG.match(html, start - 1)):
            yield tag.group()
        start = bracket + 1 if bracket >= 0 else end


def refuse_text(text: str) -> str | None:
    """Say why this text is no article though nothing stands in front of it: there is hardly any."""
    return f"thin text: {len(text)} characters" if weight(text) < MIN_WEIGHT else None


def weight(text: str) -> int:
    """Length in characters, where a character of a script without spaces counts three."""
    return len(text) if text.isascii() else len(text) + (WIDEST - 1) * len(_WIDE.findall(text))
