"""A public Telegram channel's web preview (``https://t.me/s/name``) into entries: each post with its whole text.

A post needs no page to be read: its text is the entry's content, its first sentence the title. What it quotes (the
message it replies to) is left out; what it shows beside its text (a link's preview, a poll, a document's name) is the
summary; who wrote it, where it was forwarded or signed, is the author. Messages of the service itself (a post was
pinned) are no posts. The page says that a post was edited, but not when: only the text shows it.

Must not: fetch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor import tree
from monitor.errors import ParseError
from monitor.poll.kinds import document, raw
from monitor.poll.kinds.document import Found, Place
from monitor.text import html_to_text, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_HEADLINE = 160
"""Characters of a title made from the text."""

_POST = ".tgme_widget_message[data-post]"
_QUOTED = ".tgme_widget_message_reply, .tgme_widget_message_forwarded_from, .tgme_widget_message_link_preview"
_AUTHOR = ".tgme_widget_message_forwarded_from_name, .tgme_widget_message_from_author"
_BESIDE = (
    ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text, .tgme_widget_message_document_title, "
    ".link_preview_site_name, .link_preview_title, .link_preview_description"
)
_OLDER = "a.tme_messages_more[data-before], link[rel=prev]"
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}/[0-9]{1,12}")
_SENTENCE = re.compile(r"[.!?…।。！？؟]+[\"»”’)]*(?=\s)|(?<=[。！？])")
_LETTERS = re.compile(r"[^\W_]")


def factory(_setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child: ``(body, {"url", "content_type"})`` to the JSON form of a ``Feed``."""
    return parse


def parse(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Parse one page; ``{"error": kind, "message": ...}`` when it is no preview of a channel."""
    return document.answer(_read, body, meta, form="html")


def _read(text: str, _place: Place) -> Found:
    if tree.too_many_attributes(text):
        raise ParseError("parse_error", "one tag with hundreds of attributes")
    page = tree.parse(text)
    if page is None or page.css_first(".tgme_channel_info, .tgme_channel_history, .tgme_widget_message") is None:
        raise ParseError("not_a_feed", _what_it_is(page))
    said = [post for post in page.css(_POST) if "service" not in tree.attribute(post, "class")]
    numbered = [post for post in said if _NAME.fullmatch(tree.attribute(post, "data-post"))]
    return Found(
        title=_line(page.css_first(".tgme_channel_info_header_title"))
        or tree.attribute(page.css_first('meta[property="og:title"]'), "content"),
        entries=[_entry(post) for post in numbered],
        notes=(f"posts without a number left out: {len(said) - len(numbered)}",) if len(numbered) < len(said) else (),
        older=tree.attribute(page.css_first(_OLDER), "href"),
    )


def _what_it_is(page: tree.Node | None) -> str:
    if page is not None and page.css_first(".tgme_page, .tgme_page_wrap, .tgme_body_wrap") is not None:
        return (
            "no public preview of this channel at Telegram: it does not exist under this name, is private, or is "
            "no channel; open https://t.me/s/NAME in a browser to see"
        )
    return "no preview of a Telegram channel; its address is https://t.me/s/NAME"


def _entry(post: tree.Node) -> raw.RawEntry:
    name = tree.attribute(post, "data-post")
    author, beside = _line(post.css_first(_AUTHOR)), "\n".join(filter(None, map(_line, post.css(_BESIDE))))
    for quoted in post.css(_QUOTED):
        quoted.decompose()
    said = post.css_first(".tgme_widget_message_text")
    markup = (said.html or "") if said else ""
    return raw.RawEntry(
        guid=name.rpartition("/")[2],
        link=f"https://t.me/{name}",
        title=headline(html_to_text(markup[: raw.MAX_MARKUP])) or headline(beside) or name,
        title_is_plain=True,
        summary=beside,
        content=markup,
        author=author,
        date_raw=tree.attribute(post.css_first(".tgme_widget_message_date time[datetime], time[datetime]"), "datetime"),
    )


def headline(text: str) -> str:
    """Return the first line that holds words, cut at a sentence where it is long, else at a word."""
    lines = [line.strip() for line in text.split("\n") if _LETTERS.search(line)]
    first = next((line for line in lines if len(_LETTERS.findall(line)) >= 8), next(iter(lines), ""))
    if len(first) <= MAX_HEADLINE:
        return first
    ends = [found.end() for found in _SENTENCE.finditer(first, 0, MAX_HEADLINE)]
    whole = next((end for end in ends if end >= MAX_HEADLINE // 4), 0)
    return first[:whole] if whole else shorten(first, MAX_HEADLINE)


def _line(node: tree.Node | None) -> str:
    return tree.words(node, raw.MAX_MARKUP)
