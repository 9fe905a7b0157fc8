"""A real disk that is full, under the whole program: nothing is sent that was not claimed, nothing is lost."""

import pytest
from harm import mounted
from installation import SMALL
from world import BUDGET, GROUP, WEATHER

from monitor.errors import StoreError

GROUPS = ("friday", "Contact group on Friday", GROUP)
LATER = ("sunday", "Contact group on Sunday", BUDGET)
RAIN = ("rain", "Rain until Sunday", WEATHER)


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "size=16m") as folder:
        yield folder


@pytest.fixture
def house(desk, outlet, small_disk):
    desk.database = f"sqlite:///{small_disk}/monitor.db"
    desk.write(outlet.feed, topic=SMALL, more="watch: {low_disk: 1MB}\n")
    return desk


def fill(disk):
    """Leave not one block free."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return ballast


def tick(app):
    """One look of each desk and of the watcher, as the clockwork has them; what fails is tried again the next time."""
    failed = []
    for crew in app.crews.each():
        try:
            crew.drain(lambda _event: None)
        except StoreError as error:
            failed.append(str(error))
    app.watcher.look(app._now())
    return failed


@pytest.mark.fault("E4")
def test_a_full_disk_sends_nothing_is_told_and_recovers_alone(house, outlet, small_disk, clock):
    from monitor.app import build

    with house.parsers.serve(build(house.config, house.database, {}, now=clock)) as app:
        outlet.publish(GROUPS)
        app.crews.poll.drain(lambda _event: None)
        app.crews.read.drain(lambda _event: None)
        ballast = fill(small_disk)
        outlet.publish(GROUPS, LATER)
        failed = []
        for _ in range(5):
            clock.forward(minutes=20)
            failed += tick(app)
        assert failed
        assert all("disk is full" in words for words in failed)
        assert app.watcher.wrong == ("database",)
        sent = [message for message in house.chats if "Contact group" in message["text"]]
        assert sent == []
        assert house.mails == []
        ballast.unlink()
        for _ in range(4):
            clock.forward(minutes=20)
            tick(app)
        assert app.watcher.wrong == ()
        titles = sorted(hit.title for hit in hits(app))
    assert titles == ["Contact group on Friday", "Contact group on Sunday"]
    told = "\n".join(message["text"] for message in house.chats)
    assert (told.count("Contact group on Friday"), told.count("Contact group on Sunday")) == (1, 1)
    assert "could not be written" in told


def hits(app):
    from monitor.model import HitFilter

    return app.review.listing.hits(HitFilter()).hits


@pytest.mark.fault("E4")
def test_with_little_room_texts_are_left_out_and_all_else_goes_on(desk, outlet):
    outlet.publish(GROUPS, RAIN)
    with desk.write(outlet.feed, topic=SMALL, more="watch: {low_disk: 900TB}\n").app() as app:
        app.round()
        assert app.kept.kept().texts == 1  # that of the hit
        assert [hit.title for hit in hits(app)] == ["Contact group on Friday"]
        ledger = app.review.why(f"{outlet.base}/rain")
        assert any("text not stored" in note for note in ledger.notes)
    told = "\n".join(message["text"] for message in desk.chats)
    assert "Contact group on Friday" in told
    assert "Texts of articles without a hit are not stored until there is room" in told
    outlet.publish(GROUPS, RAIN, ("snow", "Snow on Monday", WEATHER.replace("Rain", "Snow")))
    with desk.write(outlet.feed, topic=SMALL, more="watch: {low_disk: 1MB}\n").app() as app:
        app.make_due()
        app.round()
        assert app.kept.kept().texts == 2
    assert "all texts are stored" in "\n".join(message["text"] for message in desk.chats)
