"""Templates to HTML: everything escaped, a missing value is an error. The page's door to Jinja."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.advice import SIGNS
from monitor.deliver.cards import topic_name
from monitor.deliver.links import link
from monitor.deliver.names import language_name
from monitor.urls import host_of
from monitor.web import show, stories
from monitor.web.query import STATES


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
            "typed": show.typed,
            "link": link,
            "host": host_of,
            "topic": topic_name,
            "outlets": stories.outlets,
        }
        self._environment.globals |= {
            "root": root,
            "states": STATES,
            "how": stories.HOW,
            "delivery_words": show.DELIVERY_WORDS,
            "readings": show.READINGS,
            "pairs": show.pairs,
            "signs": SIGNS,
        }

    def page(self, template: str, **values: Any) -> str:
        """One whole page."""
        return self._environment.get_template(template).render(values)


def stylesheet() -> str:
    """The one stylesheet."""
    return files("monitor.web").joinpath("static", "style.css").read_text(encoding="utf-8")
