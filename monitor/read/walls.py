"""What stands in front of an article: bot walls, consent pages, logins, paywalls, empty shells, pages that are gone.

A wall is told from a short article by what an article never lacks: a wall has little text, says what walls say, and
no sentence of its own; so each judgement asks for several of these, and a page that gives the date of its article is
taken at its word. The signs are in ``signs.py``.

Must not: decide what is on topic, or parse HTML; every pattern here is linear in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import accumulate
from urllib.parse import SplitResult, urlsplit

from monitor import urls
from monitor.read import links, signs
from monitor.read.gate import MIN_WEIGHT, SHORT, WIDEST, weight

WALL_LENGTH = 1_200
"""A page with more text than this is no bot wall, login or empty shell."""
TEASER_LENGTH = 1_500
"""An article that is for sale and has more text than this was given whole."""
PLENTY = 3 * TEASER_LENGTH
"""A page with more sentences than this holds more than a teaser and what stands round it."""

GONE = "the page is gone (soft 404)"
CONSENT = "a consent page"
LOGIN = "a login"
PAYWALL = "a paywall"
SHELL = "a page that only scripts fill"

_EARLY = 100_000
"""Characters within which a page says its name."""
_CONTENT = re.compile(r"<\w+[^>]{0,1000}>\s*(?:<(?:span|a|b|strong)[^>]{0,500}>\s*)?([^<]{0,1000})", re.IGNORECASE)
_PARTS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|]\s*")
_OF_ARTICLE = re.compile(r'article:published_time|"datePublished"|NewsArticle|itemprop="?datePublished')
_FREE = "sAccessibleForFree"
_NOT_FREE = re.compile(
    rf"""{_FREE}\\?["']?\s*(?::|content=|href=)\s*\\?["']?(?:https?://schema\.org/)?false""", re.IGNORECASE
)
_NOSCRIPT = re.compile(r"<noscript\b[^>]{0,200}>(.{0,2000}?)</noscript", re.IGNORECASE | re.DOTALL)
_EMPTY_ROOT = re.compile(
    r"""<(?:app-root\b[^>]{0,200}|(?:div|main|section)\b[^>]{0,200}?\bid=["']?(?:root|app|__next|__nuxt|___gatsby|svelte|"""
    r"""main-app|react-root|app-root|q-app)["']?(?=[\s>])[^>]{0,200})>\s*(?:<!--[^>]{0,200}-->\s*)?</""",
    re.IGNORECASE,
)
_SCRIPT = re.compile("<script", re.IGNORECASE)
_PICTURE = re.compile("<(?:img|picture|video|figure)\\b", re.IGNORECASE)
_PASSWORD = re.compile(r"""\btype=["']?password\b""", re.IGNORECASE)
_HOME = re.compile(r"/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:(?:index|home|default)(?:\.[a-z]{3,5})?/?)?", re.IGNORECASE)
_SLUG = re.compile(r"\d{3}|-\w+-")
_CONSENT_HOST = re.compile(r"(?:consent|guce|myprivacy|privacy-?gate|cmp|cookiewall|cookies)\.")
_CONSENT_PATH = re.compile(
    r"/(?:consent|zustimmung|cookie-?(?:wall|consent|check)|privacy-?(?:gate|wall))(?:[/.?]|$)", re.IGNORECASE
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|wp-login\.php|sso|oauth2?|authorize|anmelden|connexion|prihlaseni|logowanie)(?:[/.?]|$)",
    re.IGNORECASE,
)
_LOGIN_HOST = re.compile(r"(?:login|signin|sso|auth|accounts?|idp)\.")
_SENTENCE_END = (".", "!", "?", "。", "！", "？", "؟", "۔", "।", "…", ":", "”", "»", '."')


@dataclass(frozen=True)
class Sight:
    """A page as the gate sees it."""

    html: str
    text: str
    """Its visible text, a line a block."""
    url: str
    """Where it was found."""
    requested: str
    """Where it was looked for."""


def wall(sight: Sight) -> str | None:
    """Say what stands in front of the article; None when nothing does. Of paywalls, see ``paywall``.

    The answer is GONE, CONSENT, LOGIN, SHELL or ``a bot wall (Maker)``.
    """
    led = _led_away(sight)
    if led:
        return led
    size = weight(sight.text) if len(sight.text) < WALL_LENGTH else WALL_LENGTH
    titles = _titles(sight.html)
    if _is_gone(sight, titles):
        return GONE
    if size < WALL_LENGTH:
        return _bot_wall(sight, titles, size) or _login(sight, titles, size) or _consent(sight) or _shell(sight, size)
    return _consent(sight)


def paywall(html: str, article: str | None, whole: str, words: int = 0) -> str | None:
    """Say that a page gives only the beginning of an article that is for sale; None when it gives it whole.

    ``article`` is what was extracted, None where the extractor found none; ``whole`` is the text of the whole page,
    ``words`` how many the article has by the page's own account (or 0).
    """
    text = "\n".join(_prose(whole)) if article is None else article
    size = weight(text)
    if size >= TEASER_LENGTH or (words and len(text.split()) >= 0.8 * words):
        return None
    around = size < 2 * SHORT and "paywall" in html
    offered = _said(text, signs.PAYWALL) or (around and _said(whole, signs.PAYWALL))
    return PAYWALL if offered or is_locked(html) else None


def is_locked(html: str) -> bool:
    """Tell whether the page says of its article, or of a part of it, that it is not free (schema.org)."""
    at = html.find(_FREE)
    while at >= 0 and not _NOT_FREE.match(html, at):
        at = html.find(_FREE, at + 1)
    return at >= 0


def doubtful(sight: Sight) -> bool:
    """Tell whether a page needs a closer look before "nothing of the topic on it" may be believed."""
    if len(sight.text) < SHORT and weight(sight.text) < SHORT:
        return True
    return (not _has_plenty(sight.text) and _is_for_sale(sight)) or wall(sight) is not None


def _has_plenty(text: str) -> bool:
    return any(so_far >= PLENTY for so_far in accumulate(map(weight, _prose(text))))


def _is_for_sale(sight: Sight) -> bool:
    return is_locked(sight.html) or bool(signs.paywall_words().find(sight.text.lower()))


def _led_away(sight: Sight) -> str | None:
    """Judge where a redirect ended, by the addresses alone."""
    if sight.url == sight.requested:
        return None
    asked, found = urlsplit(sight.requested), urlsplit(sight.url)
    if _CONSENT_HOST.match(found.netloc) or (_CONSENT_PATH.search(found.path) and asked.path != found.path):
        return CONSENT
    if _LOGIN_PATH.search(found.path) and not _LOGIN_PATH.search(asked.path):
        return LOGIN
    if _LOGIN_HOST.match(found.netloc) and not _LOGIN_HOST.match(asked.netloc) and found.path != asked.path:
        return LOGIN
    away = (_is_home(found) and not _is_home(asked)) or _is_above(found.path, asked.path)
    ours = urls.same_site(sight.url, sight.requested) or links.through(sight.requested)
    return GONE if away and ours else None


def _is_home(parts: SplitResult) -> bool:
    return _HOME.fullmatch(parts.path) is not None and not parts.query


def _is_above(found: str, asked: str) -> bool:
    """Tell whether one path is the section that the other, an article's, stood in."""
    inside = asked.startswith(found.rstrip("/") + "/") and links.last(found).isalpha()
    return inside and _SLUG.search(links.last(asked)) is not None


def _titles(html: str) -> list[str]:
    """Return the parts of the page's title, and its first heading, in lower case."""
    title, heading = _inside(html, "title"), _inside(html, "h1")
    parts = [*_PARTS.split(title), heading]
    return [tidy for part in parts if (tidy := _tidy(part))]


def _inside(html: str, tag: str) -> str:
    """Return the words that the first such element begins with; found by plain search, which is ten times faster."""
    at = html.find(f"<{tag}", 0, _EARLY)
    at = html.find(f"<{tag.upper()}", 0, _EARLY // 10) if at < 0 else at
    found = _CONTENT.match(html, at) if at >= 0 else None
    return unescape(found[1]) if found else ""


def _tidy(words: str) -> str:
    return " ".join(words.replace("…", "...").replace("’", "'").lower().split())


def _is_gone(sight: Sight, titles: list[str]) -> bool:
    """Tell whether title or heading say little but that there is no such page, and nothing speaks of an article."""
    said = any(
        title.strip(" .!?()") in signs.GONE_ALONE
        or any(word in title and len(title) <= len(word) + 16 for word in signs.GONE)
        for title in titles
    )
    return said and not _OF_ARTICLE.search(sight.html)


def _bot_wall(sight: Sight, titles: list[str], size: int) -> str | None:
    if _OF_ARTICLE.search(sight.html):
        return None
    html = f"{sight.html}\n{sight.text}".lower()
    maker = next((maker for marker, maker in signs.MAKERS if marker in html), None)
    if maker:
        return f"a bot wall ({maker})"
    said = any(title in signs.WALL_TITLES for title in titles) or (
        size < WALL_LENGTH // 2 and _said(_tidy(sight.text), signs.WALL_SAYINGS)
    )
    widget = size < SHORT and any(widget in html for widget in signs.WIDGETS)
    return "a bot wall" if said or widget else None


def _login(sight: Sight, titles: list[str], size: int) -> str | None:
    named = any(title in signs.LOGIN_TITLES for title in titles)
    asked = _said(_tidy(sight.text), signs.LOGIN_SAYINGS)
    door = size < 2 * SHORT or _PASSWORD.search(sight.html)
    only = not _says_else(sight, (*signs.LOGIN_SAYINGS, *signs.LOGIN_TITLES))
    return LOGIN if (named or asked) and door and only else None


def _consent(sight: Sight) -> str | None:
    """Tell whether the page gives choices about cookies and says nothing else."""
    if _says_else(sight, signs.CONSENT_WORDS):
        return None
    return CONSENT if len(_said(_tidy(sight.text), signs.CHOICES)) >= 2 else None


def _shell(sight: Sight, size: int) -> str | None:
    """Tell whether only scripts put text into the page; a picture with a line below it is none."""
    if size >= SHORT or not _SCRIPT.search(sight.html):
        return None
    if _EMPTY_ROOT.search(sight.html) or (size < MIN_WEIGHT and not _PICTURE.search(sight.html)):
        return SHELL
    hints = " ".join(_NOSCRIPT.findall(sight.html[:_EARLY]))
    wanted = _said(f"{hints} {sight.text}", signs.SCRIPTS_WANTED)
    return SHELL if wanted and not _says_else(sight, signs.SCRIPTS_WANTED) else None


def _said(text: str, words: Iterable[str]) -> set[str]:
    """Return which of the words stand in a text."""
    lower = text.lower()
    return {word for word in words if word in lower}


def _says_else(sight: Sight, words: tuple[str, ...]) -> bool:
    """Tell whether the text has a sentence of its own, with none of the words."""
    return any(not _said(line, words) for line in _prose(sight.text))


def _prose(text: str) -> Iterator[str]:
    """Yield the blocks of a text that are as long as a notice and end like a sentence; mostly the first few tell."""
    long = (line for line in text.split("\n") if WIDEST * len(line) >= MIN_WEIGHT)
    ended = (line for line in long if line.endswith(_SENTENCE_END))
    return (line for line in ended if len(line) >= MIN_WEIGHT or weight(line) >= MIN_WEIGHT)
