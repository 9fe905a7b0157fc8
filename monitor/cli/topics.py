"""``monitor topics``: list, check; ``rematch`` and ``learning`` have the rest."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.learning import learn
from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, configured, examples, noun
from monitor.cli.rematch import rematch
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.match.examples import Failure
    from monitor.match.topic import Topic

topics = noun(
    "The topics: list, check their examples, replay changed ones, learn what was wrong. Without a word: list.",
    "monitor topics check ramstein",
    "monitor topics check ./topics/harbours.yaml",
)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    topics.command("rematch")(rematch)
    topics.command("learn", epilog=examples("monitor topics learn ramstein --newest 500"))(learn)
    cli.add_typer(topics, name="topics")


@topics.command("list")
def list_topics(
    context: typer.Context,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the topics in force. Those of sources.yaml, or the shipped ones where there is none."""
    from monitor.cli import show

    rows = [_summary(topic) for topic in configured(context, config, database).topics]
    if json:
        show.as_json(rows)
        return
    cells = [[str(row[key]) for key in ("name", "version", "forms", "languages", "examples")] for row in rows]
    out = show.console()
    titles = ("topic", "version", "forms", "languages", "examples")
    out.print(show.table(titles, cells, flexible=0, width=out.width))


@topics.command("check")
def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A topic's name, or a topic file.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Run the examples of a topic. Each text that must hit and each that must not; exit code 1 when one is wrong."""
    from monitor.cli import show
    from monitor.match.examples import check_examples

    topic = _find(context, config, database, name)
    wrong = check_examples(topic)
    if json:
        show.as_json({"name": topic.name, "examples": len(topic.examples), "wrong": [_failure(one) for one in wrong]})
    else:
        out = show.console()
        for one in wrong:
            show.paragraph(out, show.cut(show.one_line(one.example.text), 160), first="wrong: ")
            show.paragraph(out, str(one), first="       ")
        if not topic.examples:
            out.print("no examples; a topic should have some for each language: texts that must hit, and that must not")
        out.print(f"{topic.name}: {len(topic.examples)} examples, {len(wrong)} wrong")
    raise typer.Exit(int(bool(wrong)))


def _find(context: typer.Context, config: Path | None, database: str | None, name: str) -> Topic:
    from monitor.loading import load_shipped
    from monitor.match.topic import load

    if name.endswith((".yaml", ".yml")):
        from monitor.config.topics import read_text

        return load(read_text(Path(name), name), name)
    in_force = configured(context, config, database).topics
    known = {topic.name: topic for topic in (*load_shipped().topics, *in_force)}
    if name not in known:
        raise UsageError(
            f'no topic "{name}"; expected {", ".join(sorted(known))} or a topic file such as ./{name}.yaml'
        )
    return known[name]


def _failure(one: Failure) -> dict[str, object]:
    return {**asdict(one.example), "why": list(one.verdict.why)}


def _summary(topic: Topic) -> dict[str, object]:
    forms = [form for concept in topic.concepts.values() for form in concept]
    return {
        "name": topic.name,
        "version": topic.version,
        "forms": len(forms),
        "languages": len({language for form in forms for language in form.language.split()} - {"any"}),
        "examples": len(topic.examples),
    }
