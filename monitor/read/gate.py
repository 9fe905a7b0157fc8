"""What must not pass for an article: documents that are no pages, and pages that hold no article.

Each function returns the reason in words, or None when it has nothing against it. The caller then falls back to
the feed's own text. The gate is conservative: a short notice of a few lines is an article.

Must not: decide what is on topic.
"""

from __future__ import annotations

import re

MIN_WEIGHT = 60
WALL_LENGTH = 1_200
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
_WALLS = re.compile(
    r"just a moment\.\.\.|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"unusual traffic|attention required! \| cloudflare|enable (?:javascript|js)\b|"
    r"javascript (?:is|must be) (?:disabled|enabled)|turn on javascript|please enable cookies|access denied|"
    r"request blocked|captcha|ddos protection|"
    r"проверка браузера|включите javascript|увімкніть javascript|activez javascript|aktivieren sie javascript",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:we and our|our) (?:\d+ )?partners|accept all|reject all|before you continue|manage (?:my )?(?:choices|cookies|"
    r"preferences)|cookie policy|alle akzeptieren|tout accepter|aceptar todo|accetta tutto|zaakceptuj wszystko",
    re.IGNORECASE,
)


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
    bombs = any(tag.group().count("=") > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(html))
    return "not parsed: one tag with hundreds of attributes" if bombs else None


def refuse_text(title: str, text: str) -> str | None:
    """Say why this text is no article: a bot wall, a consent page, a page that only scripts fill."""
    size = weight(text)
    if size < MIN_WEIGHT:
        return f"thin text: {len(text)} characters"
    if size < WALL_LENGTH and _WALLS.search(f"{title}\n{text}"):
        return "thin text: a bot wall or a page that needs scripts"
    if size < WALL_LENGTH and len(_CONSENT.findall(text)) >= 2:
        return "thin text: a consent page"
    return None


def weight(text: str) -> int:
    """Length in characters, where a character of a script without spaces counts three."""
    return len(text) + 2 * len(_WIDE.findall(text))
