"""URLs: what may be fetched, where a link leads, and which article an address stands for. Pure; opens nothing.

One reader for everything: the fetcher connects to the parts of the URL that ``check_url`` returned, so there is no
second parser that could see another host in it. The one place that imports idna and tld.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from monitor.errors import FetchError

LONGEST = 2048
"""Characters; longer addresses are refused."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\](:[0-9]*)?")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "!$%&'()*+,/:;=?@[]^`{|}~"

_TWIN = re.compile(r"^(?:(?:www|m|amp|mobile)\.)+")
_TWINS = ("www.", "m.", "mobile.", "amp.")
_TRACKING = frozenset(
    # one block of words, not sixty quoted lines
    """_ga _gl dclid dicbo fbclid gad_source gbraid gclid gclsrc gs_lcrp hsctatracking igsh igshid mc_cid mc_eid
    mkt_tok msclkid ncid ocid oly_anon_id oly_enc_id smid ssp_iabi taid twclid vero_id wbraid wt_mc xtor yclid ysclid
    __twitter_impression at_bbc_team at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4 at_format
    at_link_id at_link_origin at_link_type at_medium at_ptr_name cmp cmpid ito ns_campaign ns_mchannel ns_source
    amp outputtype""".split(),  # noqa: SIM905
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
_ORIGIN_NAMES = frozenset({"ref", "source", "src", "from", "via"})
_ORIGIN_VALUES = frozenset(
    {"rss", "feed", "atom", "rssfeed", "rss_feed", "rss-feed", "twitter", "facebook", "telegram", "newsletter"},
)


def check_url(url: str) -> str:
    """The URL in the form that is fetched: lower-case ASCII host, percent-encoded path, no default port, no fragment.

    Raises:
        FetchError: ``bad_scheme`` for anything but http and https; ``bad_url`` for an address that two parsers could
            read differently (user names, backslashes, spaces, control characters, odd hosts) or over 2,048 characters.

    """
    return _normal(url).partition("#")[0]


def join(base: str, link: str) -> str | None:
    """The absolute http(s) URL of a link found at ``base``, its fragment kept; None when it leads nowhere we may go."""
    try:
        return resolve(base, link)
    except FetchError:
        return None


def resolve(base: str, link: str) -> str:
    """As ``join``, but raises the FetchError of ``check_url`` that says why the link cannot be followed.

    White space is repaired as browsers do (WHATWG URL, section 4.4): none at the ends, no tabs and line ends, inner
    spaces and invisible letters percent-encoded.
    """
    tidy = "".join(map(_repaired, link.strip(" \t\r\n\f")))
    try:
        return _normal(urljoin(base, tidy))
    except ValueError as error:
        raise _bad("it cannot be read") from error


def _repaired(character: str) -> str:
    """Encode spaces and invisible letters (a zero-width non-joiner is part of Persian spelling); drop line ends."""
    if character in "\t\r\n":
        return ""
    if character == " " or not (character.isascii() or character.isprintable()):
        return quote(character, errors="ignore")
    return character


def host_of(url: str) -> str:
    """The host name of a URL, in lower-case ASCII; an empty string when it has none."""
    try:
        return urlsplit(check_url(url)).hostname or ""
    except FetchError:
        return ""


def origin_of(url: str) -> str:
    """The origin of a URL that ``check_url`` returned: ``https://news.example:8443`` (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a URL that ``check_url`` returned."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def registrable(host: str) -> str:
    """The domain that somebody registered: ``bbc.co.uk`` for ``feeds.bbc.co.uk``.

    By the ICANN part of the public suffix list (https://publicsuffix.org), in the copy that tld brings; nothing is
    downloaded. A host that is under no known suffix, such as an address, stands for itself.
    """
    from tld import get_fld  # reads its list when it is imported

    return get_fld(f"http://{host}", fail_silently=True, search_private=False) or host


def same_site(one: str, other: str) -> bool:
    """Tell whether two URLs belong to one registered domain; the twins of a host (www, m, amp) are that host."""
    hosts = [_TWIN.sub("", host_of(url)) for url in (one, other)]
    return all(hosts) and (hosts[0] == hosts[1] or registrable(hosts[0]) == registrable(hosts[1]))


def polite_key(url: str, polite: str, name: str) -> str:
    """What requests for ``url`` are spaced by: ``host:<host>``, ``domain:<domain>`` or ``source:<name>``."""
    return polite_of(host_of(url), polite, name)


def polite_of(host: str, polite: str, name: str) -> str:
    """The same of a URL whose host is known."""
    if polite == "source":
        return f"source:{name}"
    return f"domain:{registrable(host)}" if polite == "domain" else f"host:{host}"


def url_key(url: str) -> str:
    """What identifies an article across sources: two URLs of one article have one key.

    The scheme, the twins of a host (www, m, mobile, amp), default ports, fragments, tracking parameters, trailing
    slashes and AMP suffixes do not matter; parameters are sorted by name; percent-encoding is in its normal form
    (RFC 3986, section 6.2.2). Two different paths, or two queries that differ in anything but tracking, never
    share a key. What is not an http(s) URL is its own key. Idempotent.
    """
    try:
        parts = urlsplit(check_url(url))
    except FetchError:
        return url.strip()
    query = _query_key(parts.query)
    return f"https://{_host_key(parts)}{_path_key(parts.path)}" + (f"?{query}" if query else "")


def _path_key(path: str) -> str:
    path = _plain_escapes(path).rstrip("/")
    while (shorter := path.removesuffix("/amp").removesuffix(".amp").rstrip("/")) and shorter != path:
        path = shorter
    return path or "/"


def _bad(why: str) -> FetchError:
    return FetchError("bad_url", f"this address cannot be used: {why}", permanent=True)


@lru_cache(maxsize=2_000)
def _normal(url: str) -> str:
    _refuse_confusing(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _bad("it cannot be read") from error
    _refuse_parts(parts, port)
    host = _ascii_host(parts.hostname or "")
    place = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    normal = f"{parts.scheme}://{place}{_encoded(parts.path) or '/'}"
    normal += f"?{_encoded(parts.query)}" if parts.query else ""
    normal += f"#{_encoded(parts.fragment)}" if parts.fragment else ""
    if len(normal) > LONGEST:
        raise _bad(f"it is longer than {LONGEST} characters")
    return normal


def _refuse_confusing(url: str) -> None:
    """Refuse what parsers disagree about, before any parser repairs it silently (urlsplit drops tabs and line ends)."""
    if len(url) > LONGEST:
        raise _bad(f"it is longer than {LONGEST} characters")
    if "\\" in url:
        raise _bad("it has a backslash in it")
    if " " in url or not url.isprintable():  # all other white space is not printable
        raise _bad("it has a space or an invisible character in it")


def _refuse_parts(parts: SplitResult, port: int | None) -> None:
    if parts.scheme not in _DEFAULT_PORTS:
        raise FetchError("bad_scheme", "only http and https addresses are fetched", permanent=True)
    if "@" in parts.netloc:
        raise _bad("it has a user name or password in it")
    if ("[" in parts.netloc or "]" in parts.netloc) and not _BRACKETED.fullmatch(parts.netloc):
        raise _bad("its host is not an IPv6 address")  # urlsplit overlooks what follows the bracket
    if not parts.hostname:
        raise _bad("it has no host")
    if port == 0:
        raise _bad("there is no port 0")


def _ascii_host(host: str) -> str:
    if ":" in host:
        return _ipv6_host(host)
    name = host if host.isascii() else _idna_host(host)
    name = name.removesuffix(".")
    if len(name) > 253 or ".." in name or not _HOST.fullmatch(name):
        raise _bad("its host is not a host name")
    return name


def _ipv6_host(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise _bad("its host is not an IPv6 address") from error
    if address.scope_id:
        raise _bad("its host names a network interface")
    return f"[{address.compressed}]"


def _idna_host(host: str) -> str:
    """The host in ASCII (UTS 46, IDNA 2008); other digits that turn into an IP address are refused."""
    try:
        name = idna.encode(host, uts46=True).decode("ascii")
    except (UnicodeError, ValueError, IndexError) as error:
        raise _bad("its host is not an international host name") from error
    if name.rpartition(".")[2].isdigit():
        raise _bad("its host is an IP address in disguise")
    return name


def _encoded(text: str) -> str:
    """Percent-encode what is not ASCII, and quotes and angle brackets; leave what is encoded as it is."""
    return quote(text, safe=_KEPT)


def _host_key(parts: SplitResult) -> str:
    host = parts.hostname or ""
    while (twin := next(filter(host.startswith, _TWINS), None)) and "." in host[len(twin) :]:
        host = host[len(twin) :]
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, *_DEFAULT_PORTS.values()) else f"{host}:{parts.port}"


def _query_key(query: str) -> str:
    pairs = [_plain_escapes(pair) for pair in query.split("&") if pair]
    return "&".join(sorted(filter(_identifies, pairs), key=lambda pair: pair.partition("=")[0]))


def _identifies(pair: str) -> bool:
    name, _, value = pair.lower().partition("=")
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return False
    return not (name in _ORIGIN_NAMES and value in _ORIGIN_VALUES) and pair.lower() != "output=amp"


def _plain_escapes(text: str) -> str:
    """The normal form of percent-encoding: unreserved characters plain, hexadecimal digits in upper case."""
    return _ESCAPE.sub(_plain_escape, text)


def _plain_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    code = int(match[1], 16)
    return chr(code) if code in _UNRESERVED else f"%{code:02X}"
