"""Five outlets on loopback and a sixth that is down: the web that the demo watches.

Each outlet has a port of its own, so that politeness towards one host does not slow the others down. One answers
304 to the validator it gave, one takes its time.

Must not: know the monitor; what it serves is read from the seeds, and nothing else is served.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from threading import Event
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.cli.demo.loopback import ClosedPort, Handler, Loopback

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from monitor.cli.demo.expected import ExpectedOutlet

PLACEHOLDER = b"{{host}}"
PAGE_TYPE = "text/html; charset=utf-8"
DOWN_NAME = "Radio Nordkap"
ROBOTS = "/robots.txt"


@dataclass(frozen=True, slots=True)
class Manners:
    """How an outlet's server behaves."""

    etag: bool = False
    """Send an ETag with the feed, and 304 to who brings it back."""
    delay: float = 0.0
    """Seconds before each feed and page."""


MANNERS: Mapping[str, Manners] = MappingProxyType(
    {"tin-sang": Manners(etag=True), "purbo-songbad": Manners(delay=1.0)},
)


@dataclass(frozen=True, slots=True)
class Site:
    """One served outlet, as the user's sources.yaml will name it."""

    name: str
    language: str
    url: str
    """The feed's address."""
    format: str
    manners: Manners = Manners()


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes to serve at one path, with ``{{host}}`` still in them."""

    body: bytes
    content_type: str

    def at(self, host: str) -> bytes:
        """Return the bytes as this host and port serves them."""
        return self.body.replace(PLACEHOLDER, host.encode("ascii"))


class Outlets:
    """A context manager: serves the outlets of ``seeds`` until it ends; ``sites`` says where."""

    def __init__(
        self,
        seeds: Path,
        outlets: tuple[ExpectedOutlet, ...],
        manners: Mapping[str, Manners] = MANNERS,
    ) -> None:
        self._seeds = seeds
        self._outlets = outlets
        self._manners = manners
        self._stack = ExitStack()
        self._stopping = Event()
        self.sites: tuple[Site, ...] = ()
        self.down_url = ""
        """The feed address of the outlet that is down."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.sites = tuple(self._start(outlet, stack) for outlet in self._outlets)
            self.down_url = f"http://{stack.enter_context(ClosedPort()).address}/feed.xml"
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()  # wakes the slow one, so that the end does not wait for it
        self._stack.close()

    def _start(self, outlet: ExpectedOutlet, stack: ExitStack) -> Site:
        manners = self._manners.get(outlet.folder, Manners())
        handler = handler_for(resources(self._seeds, outlet), manners, self._stopping)
        address = stack.enter_context(Loopback(handler)).address
        return Site(outlet.name, outlet.language, f"http://{address}/feed.xml", outlet.format, manners)


def resources(seeds: Path, outlet: ExpectedOutlet) -> dict[str, Resource]:
    """Read what one outlet serves: path -> resource."""
    folder = seeds / "outlets" / outlet.folder
    found = {f"/{page.slug}.html": f"{page.slug}.html" for page in outlet.pages}
    served = {path: Resource((folder / name).read_bytes(), PAGE_TYPE) for path, name in found.items()}
    served["/feed.xml"] = Resource((folder / "feed.xml").read_bytes(), outlet.content_type)
    served[ROBOTS] = Resource(b"User-agent: *\nAllow: /\n", "text/plain")
    return served


def handler_for(served: Mapping[str, Resource], manners: Manners, stopping: Event) -> type[Handler]:
    """Make the handler class of one outlet (http.server makes one object of it a request)."""

    class OutletHandler(Handler):
        def do_GET(self) -> None:  # noqa: N802 -- http.server finds it by this name
            """Answer with the resource at this path, or 404."""
            if self.path != ROBOTS:  # a rule file from memory is quick even where pages are slow
                stopping.wait(manners.delay)
            resource = served.get(self.path.partition("?")[0])
            if resource is None:
                self.answer(404, b"Not found\n", "text/plain")
                return
            self._serve(resource)

        def _serve(self, resource: Resource) -> None:
            body = resource.at(str(self.headers.get("Host", "localhost")))
            etag = entity_tag(body) if manners.etag and self.path == "/feed.xml" else ""
            validators = {"ETag": etag} if etag else {}
            if etag and self.headers.get("If-None-Match") == etag:
                self.answer(304, headers=validators)
                return
            self.answer(200, body, resource.content_type, validators)

    return OutletHandler


def entity_tag(body: bytes) -> str:
    """Return a strong ETag for these bytes (RFC 9110, 8.8.3)."""
    return f'"{sha256(body).hexdigest()[:16]}"'
