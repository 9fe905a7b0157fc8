"""``monitor topics``: list, check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, JsonOption, Where, group, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.app import Loaded
    from monitor.match.topic import Topic

topics = group(help="The topics: list, check their examples. Without a word: list.")


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(topics, name="topics")


@topics.command("list")
def list_topics(context: typer.Context, json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the topics in force, with the size of each."""
    from monitor.cli import show

    rows = [_summary(topic) for topic in _loaded(context, config).topics]
    if json:
        show.as_json(rows)
        return
    cells = [[str(row[key]) for key in ("name", "version", "forms", "languages", "examples")] for row in rows]
    show.console().print(show.table(("topic", "version", "forms", "languages", "examples"), cells, flexible=0))


@topics.command("check")
def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A topic's name, or a topic file.")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run the examples of a topic: each text that must hit and each that must not. Exit code 1 when one is wrong."""
    from monitor.cli import show
    from monitor.match.examples import check_examples

    topic = _find(context, config, name)
    results = check_examples(topic)
    wrong = [result for result in results if not result.ok]
    if json:
        show.rows_json(results)
    else:
        out = show.console()
        for result in wrong:
            out.print(str(result), style="red", markup=False)
        out.print(f"{topic.name}: {len(results)} examples, {len(wrong)} wrong")
    raise typer.Exit(int(bool(wrong)))


def _loaded(context: typer.Context, config: Path | None) -> Loaded:
    """The configured topics, or the shipped ones when there is no configuration."""
    from monitor.app import load, load_shipped

    found = place(context, config, None)
    asked = config or (context.find_object(Where) or Where()).config or os.environ.get("MONITOR_CONFIG")
    return load(found.config, os.environ) if asked or found.config.exists() else load_shipped()


def _find(context: typer.Context, config: Path | None, name: str) -> Topic:
    from monitor.match.topic import load

    if name.endswith((".yaml", ".yml")):
        from monitor.config.topics import read_text

        return load(read_text(Path(name), name), name)
    known = {topic.name: topic for topic in _loaded(context, config).topics}
    if name not in known:
        raise UsageError(f'no topic "{name}"; expected {", ".join(sorted(known))} or a topic file')
    return known[name]


def _summary(topic: Topic) -> dict[str, object]:
    forms = [form for concept in topic.concepts.values() for form in concept]
    return {
        "name": topic.name,
        "version": topic.version,
        "forms": len(forms),
        "languages": len({form.language for form in forms}),
        "examples": len(topic.examples),
    }
