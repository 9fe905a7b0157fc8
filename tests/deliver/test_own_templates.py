"""A person's own templates: they are used, they are checked beforehand, and a fault in one costs no message."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from messages import HOSTILE, assert_deliverable, hit, message, notice
from telegram_html import telegram_text

from monitor.deliver.cards import Card, Reader
from monitor.deliver.digest import Story
from monitor.deliver.message import drafted_as
from monitor.deliver.notices import NoticeCard
from monitor.deliver.outlets import Mention
from monitor.deliver.own_templates import NAMES, check_templates
from monitor.deliver.samples import parcels
from monitor.deliver.templating import KINDS
from monitor.deliver.update import Part


@pytest.fixture
def folder(tmp_path):
    """Writes a template into a folder of one's own and gives the folder's path."""

    def write(name, text):
        (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path)

    return write


def test_a_template_of_ones_own_is_used_and_the_others_stay(folder):
    own = folder("alert.txt.j2", "{{ card.outlet }}: {{ card.headline }} ({{ key }})")
    made = message(hit(), templates=own)
    assert made.text == "An outlet: A title (d-12-desk)"
    assert made.html == message(hit()).html
    assert made.notes == ()


def test_a_page_of_ones_own_stands_round_all_mails(folder):
    own = folder(
        "page.html.j2", "<html><h6>Desk</h6>{% block content %}{% endblock %}{% block numbers %}{% endblock %}</html>"
    )
    assert message(hit(), templates=own).html.startswith("<html><h6>Desk</h6>")
    assert message(hit(id=1), hit(id=2), templates=own).html.startswith("<html><h6>Desk</h6>")


def test_a_change_is_read_without_a_restart(folder):
    assert message(hit(), templates=folder("alert.txt.j2", "one")).text == "one"
    assert message(hit(), templates=folder("alert.txt.j2", "another one")).text == "another one"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{% if %}", "alert.txt.j2:1: Expected an expression"),
        ("\n{{ card.headlin }}", "alert.txt.j2:2: "),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ card.headline | safe }}", "No filter named 'safe'"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% for one in range(10**9) %}{% endfor %}", "Range too big"),
        ("{% include 'alert.txt.j2' %}", "recursion"),
        ("{% include '../secret' %}", "secret"),
        ("  ", "there is no text in it"),
    ],
)
def test_a_fault_costs_no_message_and_is_told(folder, text, words):
    made = message(hit(), templates=folder("alert.txt.j2", text))
    ours = message(hit())
    assert made.text.startswith(ours.text)
    assert made.text.splitlines()[-1].startswith("the own template alert.txt.j2 was not used: ")
    assert any(words in note for note in made.notes)
    assert (made.html, made.telegram) == (ours.html, ours.telegram)


@pytest.mark.parametrize(
    "text",
    [
        "<div>{{ card.headline }}</div>",
        "<b>{{ card.headline }}",
        "{{ card.headline }} & more",
        '<a href="javascript:alert(1)">{{ card.headline }}</a>',
        '<b onclick="x">{{ card.headline }}</b>',
        "{{ 'word ' * 2000 }}",
        "",
    ],
)
def test_what_telegram_would_not_take_is_not_sent(folder, text):
    made = message(hit(), templates=folder("alert.telegram.j2", text))
    assert_deliverable(made)
    assert telegram_text(made.telegram).startswith("A title\n")
    assert "was not used" in telegram_text(made.telegram)


def test_a_folder_that_is_gone_is_told(tmp_path):
    made = message(hit(), templates=str(tmp_path / "gone"))
    assert made.text.startswith("A title\n")
    assert "gone" in made.notes[0]


@pytest.mark.fault("F8")
@pytest.mark.parametrize("text", ["{{ card.headline }}", "{% set x %}{{ card.headline }}{% endset %}{{ x }}"])
def test_downloaded_text_is_escaped_in_own_templates_too(folder, text):
    hostile = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"
    folder("alert.telegram.j2", f"<b>{text}</b>")
    made = message(hit(title=hostile), templates=folder("alert.html.j2", f"<p>{text}</p>"))
    assert "<script" not in made.html
    assert "{{ 7*7 }}{% raw %}" in made.html
    assert telegram_text(made.telegram) == hostile


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_any_text_through_an_own_template_can_be_delivered(tmp_path_factory, text):
    own = tmp_path_factory.mktemp("own")
    for kind, value in (("alert", "card.headline"), ("digest", "head"), ("update", "news"), ("notice", "subject")):
        (own / f"{kind}.telegram.j2").write_text(f"<i>{{{{ {value} }}}}</i>{{{{ key }}}}", "utf-8")
    shown = hit(title=text, source=text, story=1)
    for made in (
        message(shown, templates=str(own)),
        message(shown, update=True, templates=str(own)),
        message(shown, hit(id=13), templates=str(own)),
        message(notices=[notice(text, words=text)], templates=str(own)),
    ):
        assert made.notes == ()
        assert_deliverable(made)


# --- the check beforehand --------------------------------------------------------------------------


def test_our_own_templates_pass_the_check(tmp_path):
    from importlib.resources import files

    for name in [*NAMES, "page.html.j2", "parts.html.j2", "top.txt.j2", "top.telegram.j2", "parts.telegram.j2"]:
        (tmp_path / name).write_text(files("monitor.deliver").joinpath("templates", name).read_text("utf-8"), "utf-8")
    assert check_templates(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("alert.txt.j2", "\n{% if %}", "alert.txt.j2:2: Expected an expression"),
        ("digest.html.j2", "\n\n{{ heads }}", "digest.html.j2:3: 'heads' is undefined"),
        ("update.txt.j2", "{{ card.headline }}", "update.txt.j2:1: 'card' is undefined"),
        ("notice.telegram.j2", "<p>{{ subject }}</p>", "notice.telegram.j2: Telegram knows no <p>"),
        (
            "notice.html.j2",
            "{% autoescape false %}{% endautoescape %}",
            "notice.html.j2:1: escaping is not for a template",
        ),
        ("alert.html.j2", "{{ card.headline | shout }}", "alert.html.j2:1: No filter named 'shout'"),
        ("alert.telegram.j2", "{% if card.notice %}{{ card.notices }}{% endif %}x", "alert.telegram.j2:1: "),
        ("page.html.j2", "{{ nothing }}", "page.html.j2:1: 'nothing' is undefined"),
    ],
)
def test_a_problem_is_found_with_its_place(folder, tmp_path, name, text, problem):
    folder(name, text)
    (found,) = check_templates(tmp_path)
    assert found.startswith(problem)


def test_all_problems_are_found_at_once(folder, tmp_path):
    folder("alert.txt.j2", "{{ a }}")
    folder("digest.txt.j2", "{{ b }}")
    assert len(check_templates(tmp_path)) == 2


def test_a_folder_without_templates_is_a_problem(tmp_path):
    assert "no such folder" in check_templates(tmp_path / "gone")[0]
    assert "none of alert.html.j2" in check_templates(tmp_path)[0]


# --- what a template gets --------------------------------------------------------------------------


def test_every_value_that_a_template_gets_is_described():
    said = set(re.findall(r"[a-z_]+", (Path(__file__).parents[2] / "docs" / "alerts.md").read_text("utf-8")))
    for kind in KINDS:
        for parcel in parcels(kind):
            assert set(drafted_as(parcel, Reader("UTC")).values) <= said, kind
    for shown in (Card, Mention, Story, Part, NoticeCard):
        assert {field.name for field in fields(shown)} - {"ids"} <= said, shown
