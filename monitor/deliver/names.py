"""What people call languages, countries and their clocks, in English: the door to Babel, which holds CLDR.

Babel comes with trafilatura anyway. It is loaded at the first name asked for (some 50 ms), not when this is imported.
Must not: fail on a code that nobody knows; such a code stands as itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from babel import Locale

OFFERED: Final = (
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id is it ja ka "
    "kk km kn ko ku ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn no or pa pl ps pt ro ru si sk sl so sq sr sv sw "
    "ta te tg th tk tr uk ur uz vi yo zh zu"
)
"""Codes of the languages that a person is offered to choose from."""

PRIMARY_ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "MH": "Pacific/Majuro",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PT": "Europe/Lisbon",
        "UA": "Europe/Kyiv",
        "UZ": "Asia/Tashkent",
    }
)
"""The zone most people live by, for countries with several: CLDR's ``primaryZones``, which Babel lacks."""


def language_name(code: str | None) -> str:
    """The English name of a language tag (``uk``, ``zh-Hant``), or the tag itself; ``language unknown`` for none."""
    if not code:
        return "language unknown"
    base = _alias("language_aliases", code.split("-")[0].lower()).split("_")[0]
    return str(_english().languages.get(base, code))


def languages() -> dict[str, str]:
    """The languages offered for choice, code to English name."""
    return {code: language_name(code) for code in OFFERED.split()}


def country_name(code: str | None) -> str:
    """The English name of a country's two-letter code, or the code itself; empty for none."""
    if not code:
        return ""
    return str(_english().territories.get(_alias("territory_aliases", code.upper()), code))


def country_zone(code: str | None) -> str | None:
    """The tz database's name of a country's zone; None where it has several and none that most people live by."""
    if not code:
        return None
    country = _alias("territory_aliases", code.upper())
    zones = _data("territory_zones").get(country, ())
    return str(zones[0]) if len(zones) == 1 else PRIMARY_ZONES.get(country)


def zone_city(zone: str) -> str:
    """The place that a zone is named after: ``America/New_York`` gives ``New York``."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _alias(table: str, code: str) -> str:
    """What a code is called now: ``he`` for ``iw``, ``GB`` for ``UK``."""
    known = _data(table).get(code, code)
    return str(known[0] if isinstance(known, list | tuple) else known)


@cache
def _english() -> Locale:
    from babel import Locale

    return Locale("en")


def _data(table: str) -> Mapping[str, Any]:
    from babel.core import get_global

    known: Mapping[str, Any] = get_global(table)  # type: ignore[arg-type]
    return known
