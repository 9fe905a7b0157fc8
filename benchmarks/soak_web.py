"""The simulated outside of ``soak.py``: sites with troubles, each on a loopback address of its own, and the channels.

What a site shows follows from the seed and the clock that it is given: stories in many languages, some of them of a
topic. The texts are the examples of the topics that come with the program. One thread answers for all sites.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any, Self
from xml.sax.saxutils import escape

from monitor.match.topic import load, shipped

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from channels import BotApi, Reply, SmtpServer, Step, Webhook, flood, refusal

HOUR, DAY = 3600.0, 86400.0
TROUBLES = (
    *("hangs", "drips", "resets", "errors", "busy", "bomb", "entities", "spins", "garbage", "loops"),
    *("moves", "slow", "floods", "gone", "walls", "bad pages", "moods", "edits", "heavy pages"),
)
SOUND = ("sound", "moves", "slow")
"""Sites all of whose stories have to be found."""
WINDOW = 40
"""Entries that a feed shows."""
FLOOD = 100
"""Stories an hour of a site that floods, and half as many entries in its feed again."""
ON_TOPIC, NEAR = 0.02, 0.05
"""Shares of the stories that are of a topic, and that only look like it."""
RAIN = {
    "en": "Rain is expected along the coast until Sunday, with a fresh wind and mild nights in the hills.",
    "de": "Bis Sonntag regnet es an der Küste, dazu weht ein frischer Wind, die Nächte bleiben in den Bergen mild.",
    "fr": "La pluie tombera sur la côte jusqu'à dimanche, avec un vent frais et des nuits douces sur les collines.",
    "es": "Se espera lluvia en la costa hasta el domingo, con viento fresco y noches suaves en las colinas.",
    "it": "Pioggia sulla costa fino a domenica, con vento fresco e notti miti sulle colline dell'interno.",
    "pl": "Do niedzieli na wybrzeżu będzie padać, powieje chłodny wiatr, a noce na wzgórzach będą łagodne.",
    "uk": "До неділі на узбережжі йтиме дощ, віятиме свіжий вітер, а ночі на пагорбах будуть теплими.",
    "ru": "До воскресенья на побережье ожидается дождь, подует свежий ветер, ночи на холмах будут тёплыми.",
    "tr": "Kıyıda pazar gününe kadar yağmur bekleniyor; rüzgar serin esecek, tepelerde geceler ılık geçecek.",
    "ar": "من المتوقع هطول الأمطار على الساحل حتى يوم الأحد مع رياح منعشة وليال معتدلة في التلال.",
    "zh": "预计沿海地区降雨将持续到星期日，风力较强，山区夜间气温温和，渔船应当留在港口。",
    "ja": "海岸では日曜日まで雨が降り、涼しい風が吹き、丘陵地帯の夜は穏やかになる見込みです。",
}
WALL = b"<html><head><title>Log in</title></head><body><form>Please log in to read on.</form></body></html>"
_BOMB = gzip.compress(bytes(64 << 20), 9)
_CHAIN = b'<!DOCTYPE r [<!ENTITY a0 "x">' + b"".join(b'<!ENTITY a%d "&a%d;">' % (n, n - 1) for n in range(1, 50_000))
_SPIN = b"<rss><channel><item " + b" ".join(b'a%d="1"' % n for n in range(40_000)) + b"></item></channel></rss>"
_DEEP = b"<html><body>" + b"<div>" * 20_000 + b"deep" + b"<p>and wide</p>" * 60_000
_FRAME = "".join(f'<li><a href="/section/{n}" class="nav-link">Section {n} of this site</a></li>' for n in range(250))


@dataclass(frozen=True)
class Answer:
    """What a site says; ``mood``: how."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    head: Mapping[str, str] = field(default_factory=dict)
    mood: str = ""


_FIXED = {
    "hangs": Answer(mood="hangs"),
    "drips": Answer(b"<rss>" + b" " * 100_000, mood="drips"),
    "resets": Answer(mood="resets"),
    "busy": Answer(b"later", 503, head={"Retry-After": "600"}),
    "errors": Answer(b"broken", 500),
    "bomb": Answer(_BOMB, kind="application/rss+xml", head={"Content-Encoding": "gzip"}),
    "entities": Answer(_CHAIN + b"]><rss>&a49999;</rss>", kind="application/rss+xml"),
    "spins": Answer(_SPIN, kind="application/rss+xml"),
    "garbage": Answer(Random("garbage").randbytes(50_000), kind="application/rss+xml"),
    "loops": Answer(status=302, head={"Location": "/feed"}),
    "gone": Answer(b"no such page", 404),
    "walls": Answer(WALL),
    "heavy": Answer(_DEEP),
}
_QUICK = [name for name in _FIXED if name not in ("hangs", "drips", "spins")]
_HOURLY = {"errors", "busy"}
"""Troubles that come for an hour and go."""


@dataclass(frozen=True)
class Words:
    """Texts in many languages that hit and that do not."""

    hits: tuple[str, ...]
    misses: tuple[str, ...]


def words() -> Words:
    """The examples of the topics that come with the program."""
    known = [one for path in shipped().values() for one in load(path.read_text("utf-8"), str(path)).examples]
    return Words(*(tuple(one.text for one in known if one.hit is hit) for hit in (True, False)))


@dataclass(frozen=True)
class Story:
    token: str
    at: float
    title: str
    text: str
    topical: bool


class Site:
    """One outlet: what it publishes when, and what is wrong with it."""

    def __init__(self, number: int, known: Words, seed: int, hours: float) -> None:
        self.number, self._seed, self._known = number, seed, known
        quarter, which = divmod(number, 4)
        self.trouble = TROUBLES[quarter % len(TROUBLES)] if which == 3 else "sound"
        self.host = f"127.1.{number // 200}.{1 + number % 200}"
        self.url = ""
        chance = Random(f"{seed} {number}")
        self.language = chance.choice(sorted(RAIN))
        rate = FLOOD if self.trouble == "floods" else chance.uniform(0.1, 1.5)
        self.times = sorted(chance.uniform(-4 / rate * HOUR, hours * HOUR) for _ in range(int(rate * hours + 4)))

    def story(self, number: int) -> Story:
        chance = Random(f"{self._seed} {self.number} {number}")
        kind, token = chance.random(), f"s{self.number}x{number}"
        first = rest = RAIN[self.language]
        if kind < ON_TOPIC:
            first = chance.choice(self._known.hits)
        elif kind < ON_TOPIC + NEAR:
            first = chance.choice(self._known.misses)
        more = [f"{rest} {chance.randrange(10**9)}" for _ in range(chance.randint(2, 8))]
        return Story(token, self.times[number], f"{first[:70]} {token}", "\n".join([first, *more]), kind < ON_TOPIC)

    def stories(self, until: float) -> Iterator[Story]:
        """All that was published between the start and then."""
        return (one for number in range(bisect_right(self.times, until)) if (one := self.story(number)).at >= 0)

    def answer(self, path: str, known: str, now: float, start: datetime) -> Answer:
        mood = self._mood(now)
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /private\n", kind="text/plain")
        if path == "/moved" or (path == "/feed" and mood != "moves"):
            return _FIXED.get(mood) or self._feed(known, now, start, mood)
        if path == "/feed":
            return Answer(status=302, head={"Location": "/moved"})
        return self._page(path, now)

    def _mood(self, now: float) -> str:
        hour = int(now // HOUR) + self.number
        if self.trouble == "moods":
            return [*_FIXED, "sound"][hour % (len(_FIXED) + 1)]
        return "sound" if self.trouble in _HOURLY and hour % 3 else self.trouble

    def _feed(self, known: str, now: float, start: datetime, mood: str) -> Answer:
        out = bisect_right(self.times, now)
        edits = int(now // (2 * HOUR)) if mood == "edits" else 0
        tag = f'"{self.number}-{out}-{edits}"'
        if known == tag:
            return Answer(status=304, head={"ETag": tag})
        shown = range(max(0, out - (FLOOD * 3 // 2 if mood == "floods" else WINDOW)), out)
        items = "".join(self._item(self.story(number), edits, start) for number in reversed(shown))
        body = (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Site {self.number}</title>{items}</channel></rss>'
        )
        slow = "slow" if mood == "slow" else ""
        return Answer(body.encode(), kind="application/rss+xml", head={"ETag": tag}, mood=slow)

    def _item(self, one: Story, edits: int, start: datetime) -> str:
        link = f"{self.url}/{one.token}"
        more = f" ({edits})" if edits else ""
        at = format_datetime(start + timedelta(seconds=one.at))
        return (
            f"<item><title>{escape(one.title)}{more}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{at}</pubDate><description>{escape(one.title)}</description></item>"
        )

    def _page(self, path: str, now: float) -> Answer:
        site, _, number = path.removeprefix("/s").partition("x")
        if site != str(self.number) or not number.isdigit() or int(number) >= bisect_right(self.times, now):
            return Answer(b"not here", 404)
        if self.trouble == "heavy pages":
            return _FIXED["heavy"]
        if self.trouble == "bad pages" and int(number) % 30 == 0:
            return _FIXED[("hangs", "drips", "spins")[self.number % 3]]
        if self.trouble == "bad pages":
            return _FIXED[_QUICK[int(number) % len(_QUICK)]]
        one = self.story(int(number))
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in one.text.split("\n") if text)
        edits = f"<p>Edit {int(now // HOUR)}</p>" if self.trouble == "edits" else ""
        return Answer(
            f"<!doctype html><html><head><title>{escape(one.title)}</title></head><body><nav><ul>{_FRAME}</ul></nav>"
            f"<article><h1>{escape(one.title)}</h1>{paragraphs}{edits}</article><footer>{_FRAME}</footer></body></html>".encode()
        )


class Web:
    """All sites, answering from a thread of their own. A context manager."""

    def __init__(self, sites: list[Site], now: Callable[[], float], start: datetime) -> None:
        self.sites = sites
        self.asked: Counter[str] = Counter()
        self._by_host = {site.host: site for site in sites}
        self._now, self._start = now, start
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _leave(self) -> None:
        mine = asyncio.current_task()
        talks = [task for task in asyncio.all_tasks() if task is not mine]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _listen(self) -> None:
        for site in self.sites:
            server = await asyncio.start_server(self._serve, site.host, 0)
            site.url = f"http://{site.host}:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site = self._by_host[writer.get_extra_info("sockname")[0]]
        try:
            while await self._one(site, reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        writer.transport.abort()

    async def _one(self, site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is at its end."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = first.split(" ")[1]
        self.asked["feed" if path in ("/feed", "/moved") else "page" if path.startswith("/s") else "other"] += 1
        if path == "/ping":
            return await _say(Answer(b"OK"), writer)
        return await _say(site.answer(path, head.get("if-none-match", ""), self._now(), self._start), writer, reader)


async def _say(answer: Answer, writer: asyncio.StreamWriter, reader: asyncio.StreamReader | None = None) -> bool:
    if answer.mood == "resets":
        return False
    if answer.mood == "hangs" and reader:
        await reader.read(1)  # until the other end goes away
        return False
    if answer.mood == "slow":
        await asyncio.sleep(0.2)
    head = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), **answer.head}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"HTTP/1.1 {answer.status} X\r\n{lines}\r\n".encode())
    if answer.mood == "drips":
        for at in range(len(answer.body)):
            writer.write(answer.body[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.2)
    writer.write(answer.body)
    await writer.drain()
    return True


# --- channels ------------------------------------------------------------------------------------


class Chat(BotApi):
    """A Bot API that is down, or asks for patience, for hours."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now

    def judge(self, path: str, message: dict[str, Any]) -> Reply:
        hour = self._now() / HOUR % 12
        if 3 <= hour < 5:
            return refusal(500, "Internal Server Error")
        return flood(30) if 7 <= hour < 7.5 else super().judge(path, message)


class Mailbox(SmtpServer):
    """A mail server that puts everybody off for an hour of six."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now

    def _step(self, server: Any, command: str) -> Step:
        if command == "MAIL" and 2 <= self._now() / HOUR % 6 < 3:
            self.plan.append(Step("MAIL", "451 4.7.1 try again later"))
        return super()._step(server, command)


class Hook(Webhook):
    """A webhook that is dead half of the time."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now

    def judge(self, path: str, message: dict[str, Any]) -> Reply:
        return Reply(502, {}) if self._now() / HOUR % 4 < 2 else super().judge(path, message)
