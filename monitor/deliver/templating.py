"""Values into templates: the door to Jinja2, and what happens where a person's own template cannot be used.

Downloaded text only ever enters a template as a value: it is never a template itself, it is escaped by autoescape in
both kinds of HTML, which no template can switch off, and the templates run in Jinja2's sandbox with undefined names as
errors. A fault in an own template never costs a message: ours stands in for it and says so.

Must not: decide what is said.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.deliver import markup
from monitor.deliver.draft import Fill
from monitor.deliver.plain import direction, isolated, one_line, tied, wrapped
from monitor.text import shorten

KINDS: Final = ("alert", "update", "digest", "notice")
FORMS: Final = ("html", "txt", "telegram")
LONGEST: Final = 2_000_000
"""Characters of one part of a message."""


class _AlwaysEscaped(Extension):
    """Refuses the tag that switches escaping off."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        found = re.search(r"\{%[-+]?\s*autoescape\b", source)
        if found:
            line = source.count("\n", 0, found.start()) + 1
            raise TemplateSyntaxError("escaping is not for a template to decide", line, name, filename)
        return source


def written(folder: str | None, name: str, make: Callable[[Fill], str]) -> tuple[str, str | None]:
    """The text that ``make`` makes with the template ``name``, and what went wrong with an own one, if anything did.

    ``make`` gets a function that fills the template, and may call it more than once, with values of different size.
    """
    if folder is None:
        return make(lambda values: fill(None, name, values)), None
    try:
        text = make(lambda values: fill(folder, name, values))
        wrong = objection(name, text) if Path(folder).is_dir() else f"there is no folder {folder}"
    except Exception as fault:  # noqa: BLE001 - an own template may fail in any way; the message must not
        text, wrong = "", said(fault)
    if wrong is None:
        return text, None
    note = shorten(f"the own template {name} was not used: {wrong}", 200)
    return make(lambda values: fill(None, name, values | {"fault": note})), note


def fill(folder: str | None, name: str, values: dict[str, Any]) -> str:
    """The template ``name`` with ``values``: the one in ``folder`` where there is one, else ours."""
    return environment(folder).get_template(name).render(values).strip()


def objection(name: str, text: str) -> str | None:
    """Why what an own template made cannot be sent."""
    if name.endswith(".telegram.j2"):
        return markup.objection(text)
    if not text:
        return "there is no text in it"
    return f"longer than {LONGEST} characters" if len(text) > LONGEST else None


def said(fault: BaseException) -> str:
    """What went wrong in a template, on one line, with the file and line where it did."""
    words = one_line(str(fault)) or type(fault).__name__
    where = _place(fault)
    return f"{where}: {words}" if where else words


def _place(fault: BaseException) -> str:
    if isinstance(fault, TemplateSyntaxError):
        return f"{Path(fault.filename).name if fault.filename else fault.name}:{fault.lineno}"
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename.endswith(".j2")]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


@lru_cache(maxsize=64)
def environment(folder: str | None) -> ImmutableSandboxedEnvironment:
    """The templates of ``folder`` before ours; a file that changes is read again."""
    made = ImmutableSandboxedEnvironment(
        loader=_loader(folder),
        autoescape=_escaped,
        undefined=StrictUndefined,
        extensions=[_AlwaysEscaped],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"isolated": isolated, "wrapped": wrapped, "direction": direction, "tied": tied}
    del made.filters["safe"]
    return made


def _loader(folder: str | None) -> BaseLoader:
    ours = PackageLoader("monitor.deliver", "templates")
    return ours if folder is None else ChoiceLoader([FileSystemLoader(folder), ours])


def _escaped(template: str | None) -> bool:
    """Everything but plain text is escaped."""
    return template is None or not template.endswith(".txt.j2")
