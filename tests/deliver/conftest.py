from __future__ import annotations

import pytest
from channels import BotApi, SmtpServer, Webhook


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
