"""One installation that has done a round, for the commands that look at what is stored."""

import shutil
from contextlib import ExitStack
from email import message_from_bytes, policy

import pytest
from channels import BotApi, SmtpServer
from installation import SMALL, Desk, desk, other, outlet
from world import BUDGET, GROUP, WEATHER, Answer, Outlet, page

__all__ = ["desk", "other", "outlet"]

KEY = "canary-feed-key-7391"
LONG = "Contact group meets at Ramstein: ministers promise Kyiv more air defence, ammunition and a great many vehicles"
UKRAINIAN = "Рамштайн: міністри оборони пообіцяли Україні нові системи протиповітряної оборони"
CHINESE = (
    "乌克兰防务联络小组在拉姆施泰因空军基地举行会议，各国国防部长承诺向基辅提供更多防空系统和弹药以及大量的装甲车辆"
)
BENGALI = "ইউক্রেন ডিফেন্স কন্টাক্ট গ্রুপের বৈঠক রামস্টেইনে"
FORMULA = '=HYPERLINK("https://evil.example","Ukraine Defense Contact Group")'
UK_TEXT = "Контактна група з питань оборони України зібралася у форматі «Рамштайн» на авіабазі в Німеччині. "
RETRIED = "Ukraine Defense Contact Group to meet again"
GONE = "Ukraine Defense Contact Group at Ramstein, again"


class Refusing(SmtpServer):
    """Refuses the message about one article, once."""

    def __init__(self):
        super().__init__()
        self.refused = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it by this name
        if not self.refused and "HYPERLINK" in str(
            message_from_bytes(envelope.content, policy=policy.default)["subject"]
        ):
            self.refused = True
            return "554 5.7.1 refused as spam"
        return await super().handle_DATA(server, session, envelope)


class Polled(Desk):
    """An installation after one round: two outlets that answer and one that is down, a chat for a yearly digest, a
    mail server that refuses one message for good.
    """

    def __init__(self, folder, smtp, bot, west, east):
        super().__init__(folder, smtp, bot)
        self.west, self.east = west, east
        _publish(west, east)
        self.write(west.feed, east.feed, f"http://127.0.0.1:9/feed?lang=uk&api_key={KEY}", topic=SMALL)
        self.config.write_text(self.config.read_text().replace("name: chat,", 'name: chat, when: "0 0 1 1 *",'))
        self.said = self.monitor("poll")


def _publish(west, east):
    west.publish(
        ("group", LONG, GROUP), ("rain", "Rain until Sunday", WEATHER), ("retried", RETRIED, ""), ("gone", GONE, "")
    )
    west.answers["/retried"] = Answer(b"", status=503)
    west.answers["/gone"] = Answer(b"", status=410)
    east.publish(
        ("uk", UKRAINIAN, UK_TEXT), ("zh", CHINESE, CHINESE), ("bn", BENGALI, BENGALI), ("sum", FORMULA, BUDGET)
    )
    for path, language in (("uk", "uk"), ("zh", "zh"), ("bn", "bn")):
        body = east.answers[f"/{path}"].body.replace(b'lang="en"', f'lang="{language}"'.encode())
        east.answers[f"/{path}"] = Answer(body)


@pytest.fixture(scope="session")
def polled(tmp_path_factory):
    with ExitStack() as stack:
        parts = [stack.enter_context(kind()) for kind in (Refusing, BotApi, Outlet, Outlet)]
        yield Polled(tmp_path_factory.mktemp("polled"), *parts)


@pytest.fixture
def own(polled, tmp_path):
    """A copy of the polled installation, to be changed."""
    folder = tmp_path / "own"
    shutil.copytree(polled.folder, folder)
    return Desk(folder, polled.smtp, polled.bot)


@pytest.fixture
def article(tmp_path):
    """The page of a hit, as a file."""
    path = tmp_path / "article.html"
    path.write_text(page("Contact group meets", GROUP), encoding="utf-8")
    return path
