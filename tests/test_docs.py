"""The papers are true: commands and options exist, links lead somewhere, what is quoted is what the program says."""

import ast
import json
import re
from functools import cache

import pytest
from papers import PAPERS, PROJECT, blocks, every_command, misuse, named, spans, without_sudo

from monitor.cli.main import run
from monitor.config.environment import NAMES

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#([^)\s]+))?\)")


OF_TESTS = {"MONITOR_TESTS_COMPLETE"}


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    plain = re.sub(r"[`*]", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_links_lead_to_files_and_headings(paper):
    lost = []
    for target, anchor in LINK.findall(paper.read_text("utf-8")):
        path = paper.parent / target
        if not path.exists():
            lost.append(target)
        elif anchor and path.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
            lost += [] if anchor in map(slug, headings) else [f"{target}#{anchor}"]
    assert lost == []


def mentioned(paper):
    """The commands of a paper as lists of words: between backticks, and in its blocks."""
    inline = [span for span in spans(paper) if span.startswith("monitor ")]
    lines = [line for block in blocks(paper) if block.kind == "commands" for line in block.lines]
    for line in [*inline, *lines]:
        words = without_sudo(line.replace("'", "").replace('"', "").split())
        if words and words[0].endswith("monitor"):
            yield words[1:]


def forms(words):
    """``hits [list|show]`` and ``hits list|show`` are both; other brackets are taken off."""
    for at, word in enumerate(words):
        if re.fullmatch(r"\[?[a-z]+(\\?\|[a-z]+)+\]?", word):
            for one in re.split(r"\\?\|", word.strip("[]")):
                yield [*words[:at], one, *words[at + 1 :]]
            return
    yield [word.strip("[]") for word in words]


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_the_commands_named_exist(paper):
    wrong = [fault for words in mentioned(paper) for form in forms(words) if (fault := misuse(form))]
    assert wrong == []


def test_what_is_wrong_would_be_seen():
    assert misuse(["hits", "shw", "1"]) == "no command monitor hits shw"
    assert misuse(["hits", "list", "--sinc", "1d"]) == "monitor hits list has no --sinc"
    assert misuse(["topics", "rematch", "NAME", "--since", "14d"]) is None
    assert list(forms(["hits", r"[list\|show]"])) == [["hits", "list"], ["hits", "show"]]


def test_every_command_is_in_the_readme():
    readme = [form for words in mentioned(PROJECT / "README.md") for form in forms(words)]
    named_there = {tuple(form[:size]) for form in readme for size in (1, 2)}
    assert [" ".join(words) for words in every_command() if words not in named_there] == []


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_help_teaches(words, capsys):
    assert run([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Usage: monitor" in shown
    assert len(shown.splitlines()) > 6


# --- what is quoted is what the program says -------------------------------------------------------


@cache
def said():
    """All texts of the program, each literal as one, with holes where values are put in."""
    whole = []
    for path in sorted((PROJECT / "monitor").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                whole.append("".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.append(node.value)
    return "\n".join(" ".join(text.split()) for text in whole)


NOT_OURS = re.compile(
    r"(sudo )?monitor |sudo |HTTP 4\d\d|SMTP \d|sources\.yaml:|docker|systemctl|journalctl|ch(own|mod)|[a-z_]+: |\$"
)
"""What stands between backticks and is no message of the program: commands, settings, words of Telegram and of mail
servers; the line of a configuration's mistake has its own tests."""


@pytest.mark.parametrize("name", ["docs/troubleshooting.md", "docs/channels.md", "docs/install.md"])
def test_messages_are_quoted_as_the_program_says_them(name):
    strange = []
    for message in spans(PROJECT / name):
        if re.search("[a-z] [a-z]", message) and not NOT_OURS.match(message):
            strange += [part for part in message.split("…") if part.strip() and part.strip() not in said()]
    assert strange == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_settings_named_in_prose_exist(paper):
    """Variables anywhere, and what stands between backticks as ``keep: {text: 7d}``."""
    variables = {f"MONITOR_{name}{end}" for name in NAMES for end in ("", "_FILE")}
    unknown = set(re.findall(r"MONITOR_[A-Z_]+\b", paper.read_text("utf-8"))) - variables - OF_TESTS
    schema = json.loads((PROJECT / "docs" / "sources.schema.json").read_text("utf-8"))
    for span in spans(paper):
        found = re.fullmatch(r"([a-z]+): \{([a-z_]+)\b.*\}?", span)
        if found and found[1] in schema["properties"]:
            keys = schema["$defs"][schema["properties"][found[1]]["$ref"].rpartition("/")[2]]["properties"]
            unknown |= set() if found[2] in keys else {span}
    assert unknown == set()


def test_nothing_of_a_machine_stands_in_the_repository():
    """No private paths, no registry hosts; the constraints name versions only."""
    suspect = re.compile(r"(^|[^\w.])/(work|root|home)/|\.pythonhosted\.|index-url", re.MULTILINE)
    files = [path for path in PROJECT.rglob("*") if path.suffix in {".md", ".txt", ".toml", ".yaml", ".py"}]
    kept = [p for p in files if not {".venv", "node_modules", ".git"} & set(p.relative_to(PROJECT).parts)]
    mine = PROJECT / "tests" / "test_docs.py"
    assert [str(p) for p in kept if p != mine and suspect.search(p.read_text("utf-8", "replace"))] == []
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    assert lines
    assert all("==" in line for line in lines)
