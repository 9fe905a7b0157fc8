"""Each cases/NAME.yaml is a sources.yaml; NAME.expected holds the mistakes that must be named, or nothing."""

from pathlib import Path

import pytest

from monitor.config.settings import load
from monitor.errors import ConfigError

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))

ENVIRON = {
    "GOOD": "hunter2secret",
    "CONTACT": "mailto:desk@example.org",
    "BROKEN": "hunter2\nsecret",
    "BOTH": "hunter2",
    "BOTH_FILE": "/nowhere",
    "LOST_FILE": "/nowhere/token",
    "EMPTY": "",
}
DESIGN = {"TELEGRAM_TOKEN": "123456:hunter2", "TELEGRAM_CHAT": "-100123"}


def mistakes(name: str) -> str:
    environ = ENVIRON | (DESIGN if name == "design_example" else {})
    try:
        load(CASES / f"{name}.yaml", environ)
    except ConfigError as error:
        return "".join(f"{problem}\n" for problem in error.problems).replace(f"{CASES}/", "")
    return ""


@pytest.mark.fault("I1", "I2", "I3", "I4")
@pytest.mark.parametrize("name", NAMES)
def test_mistakes_are_named_with_file_line_and_key(name):
    assert mistakes(name) == (CASES / f"{name}.expected").read_text("utf-8")


@pytest.mark.fault("I6")
def test_no_message_shows_a_secret():
    assert "hunter2" not in "".join(map(mistakes, NAMES))
