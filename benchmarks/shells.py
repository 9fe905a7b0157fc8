"""What stands round the article on a page: menus, cards, scripts, styles, drawings, as much of each as on real pages.

Mean and median of 211 real pages of news sites in 20 languages: 203 and 181 KB, of which scripts 60 and 32 in some 30
pieces, data for machines 8 and 2, styles 28 and 2, drawings 17 and 5, comments 2 and 1; 930 and 880 tags, on
average nine deep, of which 178 links, 193 divs, 120 list items, 74 spans, 63 of the head; 106 and 92 bytes of markup
a tag, most of it names of classes (31 bytes each) and addresses (52); 320 and 45 entities; 9.7 and 8.5 KB of text, of
which the article is half.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from math import exp
from random import Random
from typing import NamedTuple

MOST, ARTICLE = 400_000, 30_000
"""Bytes of a page, and of an article on it."""
_TOGETHER = 0.6
"""How much of the spread is common to all that a site has: who has many menus has many scripts."""


class Amount(NamedTuple):
    """A log-normal amount: in half of the sites more than the median."""

    median: float
    spread: float
    most: float

    def of(self, chance: Random, weight: float) -> float:
        """One such amount, for a site of this weight in standard deviations."""
        own = chance.gauss(0, (1 - _TOGETHER**2) ** 0.5)
        return min(self.median * exp(self.spread * (_TOGETHER * weight + own)), self.most)


SCRIPTS, STYLES, DRAWINGS = Amount(40e3, 1.2, 300e3), Amount(8e3, 2.1, 250e3), Amount(8e3, 1.6, 200e3)
DATA = Amount(3e3, 1.3, 120e3)
"""In bytes; data are those for machines (JSON)."""
ENTRIES, CARDS, PARTS = Amount(100, 0.6, 400), Amount(17, 0.7, 80), Amount(28, 0.7, 110)
"""Of menus, of what else there is to read, and of everything else a page is made of."""
COMMENTS = Amount(14, 1.2, 200)
_BARE, _BROKEN = 0.35, 0.1
"""Shares of the sites that do not mark what the article is, and that part its paragraphs by line breaks alone."""


class Shell:
    """Writes what all pages of one site share."""

    def __init__(self, chance: Random, tongue: tuple[str, ...]) -> None:
        self._chance = chance
        self._tongue = tongue
        self._site = chance.randbytes(2).hex()
        self._indent = "\n" + " " * chance.choice((0, 0, 2, 8, 16, 24))
        self._deep = chance.randint(1, 9)
        self._bare, self._broken = chance.random() < _BARE, chance.random() < _BROKEN

    def written(self) -> tuple[bytes, bytes]:
        """What stands before the article and what behind it, each UTF-8."""
        weight = self._chance.gauss(0, 1)
        scripts, styles, drawings = (amount.of(self._chance, weight) for amount in (SCRIPTS, STYLES, DRAWINGS))
        entries, cards, parts, comments = (
            round(amount.of(self._chance, weight)) for amount in (ENTRIES, CARDS, PARTS, COMMENTS)
        )
        known = self._head(), self._before(entries, parts), self._behind(entries, cards, parts, comments)
        left = MOST - sum(len(part.encode()) for part in known) - ARTICLE
        thinner = min(1.0, left / (scripts + styles + drawings))
        pieces = [self._script(scripts * thinner / 18) for _ in range(18)]
        head = known[0] + "".join(f"<style>{self._filled(styles * thinner / 2, self._rule)}</style>" for _ in "12")
        drawn = self._filled(drawings * thinner, self._drawing)
        return (
            f"{head}{''.join(pieces[:8])}</head>{known[1]}".encode(),
            f"{known[2]}<div hidden>{drawn}</div>{''.join(pieces[8:])}</body></html>".encode(),
        )

    def article(self, title: str, paragraphs: Sequence[str]) -> str:
        """The article itself, of paragraphs in HTML, with what such sites put between them."""
        image = f'<figure{self._class()}><img src="{self._address("jpg")}" alt=""><figcaption>{self._words(4, 9)}'
        told = "".join(f"{self._between()}{part}<br><br>\n" for part in paragraphs)
        if not self._broken:
            told = "".join(f"{self._between()}<p{self._class()}>{part}</p>\n" for part in paragraphs)
        whole = (
            f"<h1{self._class()}>{title}</h1><div{self._class()}><span{self._class()}>{self._words(2, 3)}</span></div>"
            f"{image}</figcaption></figure><div{self._class()}>{told}</div>"
        )
        return f"<div{self._class()}>{whole}</div>" if self._bare else f"<article{self._class()}>{whole}</article>"

    def _between(self) -> str:
        """Nothing mostly; else an advertisement, or something else to read."""
        if self._chance.random() < 0.75:
            return ""
        if self._chance.random() < 0.6:
            return f'<div{self._class()} id="ad-{self._key()}"><div{self._class()}></div></div>\n'
        return f'<div{self._class()}><a{self._class()} href="{self._address("html")}">{self._words(4, 8)}</a></div>\n'

    # --- the head ----------------------------------------------------------------------------------

    def _head(self) -> str:
        metas = (f'<meta property="{name}" content="{self._sentence(4, 12)}">\n' for name in self._names(35))
        links = (f'<link rel="preload" as="style" href="{self._address("css")}">\n' for _ in range(25))
        things = self._filled(DATA.of(self._chance, 0), self._thing).rstrip(",\n")
        outer = (f'<script async src="{self._address("js")}"></script>\n' for _ in range(11))
        told = f'<script type="application/ld+json">{{"@graph":[{things}]}}</script>\n'
        return "".join((*metas, *links, told, *outer))

    def _thing(self) -> str:
        thing = {"@type": "ListItem", "name": self._words(2, 5), "item": self._address("html")}
        return json.dumps(thing, ensure_ascii=self._bare) + ",\n"

    def _script(self, size: float) -> str:
        return f"<script>{self._filled(size, self._statement)}</script>\n"

    def _statement(self) -> str:
        key, value = self._chance.randbytes(4).hex(), self._sentence(4, 9)
        return (
            f'window.__d["{key}"]={{"t":{json.dumps(value)},"u":"https:\\/\\/cdn.example\\/{key}.js?v={key}"}};'
            f"!function(e,t){{if(e<t&&t>0){{return e.push(\"<i class='{key}'></i>\")}}}}(window.q{key},{len(key)});\n"
        )

    def _rule(self) -> str:
        name = self._chance.randbytes(3).hex()
        return f".c-{name}__{name[:2]}{{margin:0 {self._chance.randint(0, 40)}px;color:#{name};display:flex}}\n"

    def _drawing(self) -> str:
        points = " ".join(f"{self._chance.randint(0, 99)}.{self._chance.randint(0, 99)}" for _ in range(60))
        return f'<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M{points}z"/></svg>'

    # --- the body ----------------------------------------------------------------------------------

    def _before(self, entries: int, parts: int) -> str:
        menu, some = self._nested(3, self._menu(round(entries * 0.7))), self._some(parts // 3, self._part)
        return (
            f'<body{self._class()} data-page="article"><!-- header --><header{self._class()}>{menu}{some}</header>'
            f"<main{self._class()}>{''.join(f'<div{self._class()}>' for _ in range(self._deep))}"
        )

    def _behind(self, entries: int, cards: int, parts: int, comments: int) -> str:
        aside = self._nested(4, self._some(cards, self._card))
        rest = self._some(parts - parts // 3, self._part) + self._some(comments, self._comment)
        return (
            f"{rest}{'</div>' * self._deep}<aside{self._class()}>{aside}</aside></main>\n<footer{self._class()}>"
            f"{self._nested(2, self._menu(entries - round(entries * 0.7)))}<p>&copy; 2026 &middot; {self._words(2, 4)}"
            "</p></footer>\n"
        )

    def _menu(self, entries: int) -> str:
        return f"<nav{self._class()}><ul{self._class()}>{self._some(entries, self._entry)}</ul></nav>"

    def _entry(self) -> str:
        label, where = escape(self._words(1, 3)), self._address("")
        link = f'<a{self._class()} href="{where}" data-track="menu|{self._key()}" title="{label}">{label}</a>'
        return f"{self._indent}<li{self._class()}>{link}</li>"

    def _card(self) -> str:
        step, day, where, title = (
            self._indent,
            self._chance.randint(1, 28),
            self._address(""),
            escape(self._words(5, 10)),
        )
        image = f'src="{self._address("jpg")}" alt="{title}"{self._class()}' if self._chance.random() < 0.9 else ""
        sizes = ", ".join(f"{self._address('webp')} {width}w" for width in (320, 640, 960))
        return (
            f'\n<div{self._class()} data-id="{self._key()}">{step}<div{self._class()}><a{self._class()} href="{where}" '
            f'aria-label="{title}"><picture><source type="image/webp" srcset="{sizes}"><img loading="lazy" {image}>'
            f"</picture></a></div>{step}<div{self._class()}>{step}<div{self._class()}><span{self._class()}>"
            f"{escape(self._words(1, 2))}</span></div>{step}<h3{self._class()}><a{self._class()} href='{where}'>"
            f"{title}</a></h3>{step}<div{self._class()}><span{self._class()}>{day}&nbsp;&middot;&nbsp;11</span>"
            f"<span{self._class()}>{2 * day}&#160;min</span></div>{step}</div>\n</div>"
        )

    def _part(self) -> str:
        """A button, a box, a form: what a page has besides."""
        key, label, marked = self._key(), self._words(1, 3), self._class()
        parts = (
            f'<button type="button"{marked} aria-label="{label}"><span{self._class()}></span></button>',
            f'<a{marked} href="{self._address("")}" rel="noopener nofollow"><i class="i-{key}"></i></a>',
            f'<input{marked} type="hidden" name="{key}" value="{key * 3}"><label>{label}</label>',
            f"<div{marked} id=\"ad-{key}\" data-settings='{self._setting()}'></div>",
            f'<noscript><img src="{self._address("gif")}" alt=""></noscript><p{marked}>{self._sentence(3, 8)}</p>',
        )
        return self._nested(2, self._chance.choice(parts))

    def _setting(self) -> str:
        return json.dumps({self._key(): [self._key(), {"sizes": [[300, 250], [1, 1]], "at": self._key()}]})

    def _comment(self) -> str:
        return f"<!-- {self._key()} {'begin' if self._chance.random() < 0.5 else '/end'}: {self._key() * 3} -->\n"

    def _nested(self, deep: int, inner: str) -> str:
        return "".join(f"{self._indent}{' ' * at}<div{self._class()}>" for at in range(deep)) + inner + "</div>" * deep

    # --- the smallest pieces -----------------------------------------------------------------------

    def _some(self, number: int, piece: Callable[[], str]) -> str:
        return "".join(piece() for _ in range(number))

    def _filled(self, size: float, piece: Callable[[], str]) -> str:
        made: list[str] = []
        length = 0
        while length < size:
            made.append(piece())
            length += len(made[-1].encode())
        return "".join(made)

    def _class(self) -> str:
        key = self._key()
        more = f' data-{key[:4]}="{key * 6}"' if self._chance.random() < 0.2 else ""
        return f' class="c-{self._site}-{key} {key[:3]}__{key[3:]} is-{key[:4]}"{more}'

    def _address(self, kind: str) -> str:
        key = self._chance.randbytes(7).hex()
        return f"https://www.{self._site}.example/s/{key}/{key[:8]}{kind and '.' + kind}"

    def _names(self, number: int) -> list[str]:
        return [f"og:{self._key()}" for _ in range(number)]

    def _key(self) -> str:
        return self._chance.randbytes(4).hex()

    def _words(self, least: int, most: int) -> str:
        return " ".join(self._chance.choices(self._tongue, k=self._chance.randint(least, most))).replace('"', "")

    def _sentence(self, least: int, most: int) -> str:
        return f"{self._words(least, most)}."
