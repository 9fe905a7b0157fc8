"""Templates to HTML: everything escaped, a missing value is an error. The page's door to Jinja."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.advice import SIGNS
from monitor.deliver.cards import topic_name
from monitor.deliver.links import link
from monitor.deliver.names import country_name, language_name
from monitor.urls import host_of
from monitor.web import show, stories
from monitor.web.plots import duration
from monitor.web.query import GRADES, STATES


class Renderer:
    """The templates of this package with the words they use."""

    def __init__(self, root: str = "") -> None:
        self._environment = Environment(
            loader=PackageLoader("monitor.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "lang": show.lang,
            "language": language_name,
            "country": country_name,
            "typed": show.typed,
            "isolated": show.isolated,
            "link": link,
            "host": host_of,
            "hosts": show.hosts_only,
            "topic": topic_name,
            "duration": duration,
        }
        self._environment.globals |= {
            "root": root,
            "states": STATES,
            "grades": GRADES,
            "marks": show.MARKS,
            "how": stories.HOW,
            "delivery_words": show.DELIVERY_WORDS,
            "readings": show.READINGS,
            "pairs": show.pairs,
            "signs": SIGNS,
        }

    def page(self, template: str, **values: Any) -> str:
        """One whole page."""
        return self._environment.get_template(template).render(values)
