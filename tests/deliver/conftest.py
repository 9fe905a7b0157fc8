from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from channels import BotApi, SmtpServer, Webhook


def pytest_configure(config):
    # Apprise 2.2 imports imghdr where there is one, that is before Python 3.13.
    config.addinivalue_line("filterwarnings", "ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def bot():
    with BotApi() as api:
        yield api


@pytest.fixture
def smtp():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def webhook():
    with Webhook() as server:
        yield server
