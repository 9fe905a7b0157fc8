import pytest
from channels import BotApi, SmtpServer
from installation import Desk
from world import Outlet


@pytest.fixture
def desk(tmp_path):
    with SmtpServer() as smtp, BotApi() as bot:
        yield Desk(tmp_path, smtp, bot)


@pytest.fixture
def outlet():
    with Outlet() as one:
        yield one


@pytest.fixture
def other():
    with Outlet() as one:
        yield one
