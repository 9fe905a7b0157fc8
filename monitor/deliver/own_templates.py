"""Whether a folder of own message templates can be used, before a message depends on it.

Must not: send anything, or stop at the first problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.deliver.cards import Reader
from monitor.deliver.draft import Draft
from monitor.deliver.message import drafted_as
from monitor.deliver.samples import parcels
from monitor.deliver.templating import FORMS, KINDS, environment, fill, objection, said

NAMES = tuple(f"{kind}.{form}.j2" for kind in KINDS for form in FORMS)
"""The files that a folder may have; others are there only to be included or extended."""


def check_templates(folder: Path) -> list[str]:
    """Everything that is wrong with an alert's own templates, each problem on one line with file and line.

    Every template that ours would be replaced by is filled with made-up messages of its kind, so syntax, unknown
    names and filters, and what Telegram would not take are found. An empty list: they can be used.
    """
    if not folder.is_dir():
        return [f"{folder}: there is no such folder"]
    found = sorted(path.name for path in folder.glob("*.j2"))
    problems = dict.fromkeys(problem for name in found for problem in _problems(folder, name))
    return list(problems) if set(found) & {*NAMES, "page.html.j2"} else [_nothing(folder), *problems]


def _problems(folder: Path, name: str) -> Iterator[str]:
    try:
        environment(str(folder)).get_template(name)
    except Exception as fault:  # noqa: BLE001 - a template may be wrong in any way
        yield _placed(name, said(fault))
        return
    for used in _uses(name):
        yield from filter(None, (_trial(folder, used, draft) for draft in _drafts(used)))


def _uses(name: str) -> tuple[str, ...]:
    """The templates to try for a file: itself, or those of ours that are built on it."""
    if name in NAMES:
        return (name,)
    return tuple(one for one in NAMES if one.endswith(".html.j2")) if name == "page.html.j2" else ()


def _drafts(name: str) -> Iterator[Draft]:
    return (drafted_as(parcel, Reader("Europe/Berlin", root)) for root in _ROOTS for parcel in parcels(_kind(name)))


_ROOTS = ("https://monitor.example.org", None)


def _kind(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def _trial(folder: Path, name: str, draft: Draft) -> str | None:
    """What is wrong with one template on one message."""

    def filled(values: dict[str, object]) -> str:
        return fill(str(folder), name, values)

    try:
        text = draft.telegram(filled) if name.endswith(".telegram.j2") else filled(draft.values)
    except Exception as fault:  # noqa: BLE001 - as above
        return _placed(name, said(fault))
    wrong = objection(name, text)
    return f"{name}: {wrong}" if wrong else None


def _placed(name: str, words: str) -> str:
    return words if ".j2:" in words.split(": ", maxsplit=1)[0] + ":" else f"{name}: {words}"


def _nothing(folder: Path) -> str:
    return f"{folder}: there is none of {', '.join(NAMES)} in it"
