"""The papers are true: commands exist, links lead somewhere, names in them are real."""

import re
from pathlib import Path

import pytest

from monitor.cli.main import run

PROJECT = Path(__file__).resolve().parents[1]
PAPERS = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    PROJECT.glob("docs/*.md")
)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
COMMAND = re.compile(r"`?monitor ([a-z]+)(?: ([a-z]+))?")
ALONE = {"run", "poll", "demo", "match", "why", "coverage", "canary", "export"}
NOUNS = {
    "hits": {"list", "show", "mark", "undo"},
    "sources": {"list", "notices", "check", "poll", "pause", "resume", "add", "import", "export"},
    "topics": {"list", "check", "rematch", "learn"},
    "alerts": {"list", "test", "retry"},
    "filters": {"list", "save", "remove"},
    "config": {"check", "password"},
}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_to_files(paper):
    missing = [target for target in LINK.findall(paper.read_text("utf-8")) if not (paper.parent / target).exists()]
    assert missing == []


def commands(text):
    return {
        match.groups()
        for line in text.splitlines()
        for match in COMMAND.finditer(line)
        if line.startswith(("    ", "| `monitor")) or match[0].startswith("`")
    }


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_the_commands_named_exist(paper):
    for noun, verb in commands(paper.read_text("utf-8")):
        assert noun in ALONE or noun in NOUNS, f"monitor {noun}"
        if noun in NOUNS and verb:
            assert verb in NOUNS[noun] or verb in {"in", "shows", "lists", "runs"}, f"monitor {noun} {verb}"


def test_every_command_is_in_the_readme():
    named = commands((PROJECT / "README.md").read_text("utf-8"))
    assert {noun for noun, _ in named} >= ALONE | set(NOUNS)


@pytest.mark.parametrize(
    "words", sorted([[name] for name in ALONE] + [[n, v] for n, verbs in NOUNS.items() for v in verbs]), ids=" ".join
)
def test_help_teaches(words, capsys):
    assert run([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Usage: monitor" in shown
    assert len(shown.splitlines()) > 6


def test_nothing_of_a_machine_stands_in_the_repository():
    """No private paths, no registry hosts; the constraints name versions only."""
    suspect = re.compile(r"(^|[^\w.])/(work|root|home)/|\.pythonhosted\.|index-url", re.MULTILINE)
    files = [path for path in PROJECT.rglob("*") if path.suffix in {".md", ".txt", ".toml", ".yaml", ".py"}]
    kept = [p for p in files if not {".venv", "node_modules", ".git"} & set(p.relative_to(PROJECT).parts)]
    assert [str(p) for p in kept if p != Path(__file__) and suspect.search(p.read_text("utf-8", "replace"))] == []
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    assert lines
    assert all("==" in line for line in lines)
