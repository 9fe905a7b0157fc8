"""What is in force in words, for the command and the page: how a source is asked, what goes to a channel, who may pass.

Works on the values of ``monitor.in_force``. Pure. Must not: see a secret; they are masked before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.advice import span_words
from monitor.config.checks import limits
from monitor.config.values import brief_size
from monitor.model import Source


def of_source(source: Mapping[str, Any]) -> Iterator[str]:
    """How a source is asked and what it counts; what is as usual is left out."""
    yield from (said for holds, said in _unusual(source) if holds)
    manner = source["manner"]
    yield from (f"{key.replace('_', ' ')}: {manner[key]}" for key in ("user_agent", "proxy") if manner[key])
    if manner["headers"]:
        yield f"headers: {', '.join(manner['headers'])}"
    if manner["http"] != "1.1":
        yield f"HTTP/{manner['http']}"


def _unusual(source: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    between = source["interval_min"], source["interval_max"]
    usual = {field: Source.__dataclass_fields__[field].default for field in ("polite", "connections", "pace")}
    yield not source["enabled"], "off"
    yield source["control"], "second net"
    yield source["kind"] != "feed", source["kind"]
    yield bool(source["selector"]), f"selector {source['selector']}"
    yield bool(source["tier"]), f"tier {source['tier']}"
    yield between != limits(source["interval"]), f"between {span_words(between[0])} and {span_words(between[1])}"
    yield True, f"alerts if younger than {span_words(source['alert_backlog'])}"
    yield source["polite"] != usual["polite"], f"polite: {source['polite']}"
    yield source["pace"] != usual["pace"], f"pace {span_words(source['pace'])}"
    yield source["connections"] != usual["connections"], f"{source['connections']} at once"


def of_alert(alert: dict[str, Any]) -> Iterator[str]:
    """What goes to a channel, when, and how it is held; what asks nothing is left out."""
    at_once = alert["when"] == "now"
    yield from (alert["url"], ", ".join(alert["topics"]))
    yield "now" if at_once else f"{alert['when']} {alert['timezone']}"
    for key in ("grades", "languages", "countries", "tiers", "fields", "filters"):
        if alert[key]:
            yield f"{key}: {', '.join(map(str, alert[key]))}"
    if alert["quiet"]:
        yield f"quiet {alert['quiet']} {alert['timezone']}"
    if at_once:
        yield from _pace(alert)
    yield f"tried for {span_words(alert['expires'])}"
    if not alert["notices"]:
        yield "no notices"
    if alert["templates"]:
        yield f"templates in {alert['templates']}"


def _pace(alert: dict[str, Any]) -> Iterator[str]:
    """What holds single messages; a digest has its own time."""
    if alert["cooldown"]:
        yield f"cooldown {span_words(alert['cooldown'])}"
    yield f"urgent: {', '.join(alert['urgent']) or 'nothing'}"
    yield f"at most {alert['max_per_hour']} an hour"
    yield f"updates after {span_words(alert['updates'])}" if alert["updates"] else "no updates"


def of_watch(watch: dict[str, Any]) -> Iterator[str]:
    """How the monitor watches itself."""
    url, every = watch["heartbeat_url"], span_words(watch["heartbeat_every"])
    yield f"heartbeat {url} every {every}" if url else "no heartbeat"
    yield f"still alive {watch['alive'] or 'never'}"
    within = span_words(watch["canary_within"])
    yield f"canary {watch['canary']} within {within}" if watch["canary"] else "no canary"
    yield f"free space below {brief_size(watch['low_disk'])}"
    yield f"backlog over {span_words(watch['backlog'])}"


def of_page(page: dict[str, Any]) -> Iterator[str]:
    """Where the review page is, and who may pass."""
    yield f"{page['host']}:{page['port']}{page['root_path']}"
    yield f"password {page['password'] or 'not set'}"
    if page["users"]:
        yield f"users: {', '.join(page['users'])}"
    if page["tokens"]:
        yield "tokens: " + ", ".join(f"{one['name']} ({'+'.join(one['scopes'])})" for one in page["tokens"])
    if page["users"] or page["password"]:
        yield f"a login lasts {span_words(page['sessions'])}"
