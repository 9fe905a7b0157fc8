"""What becomes of hits, sources and their history when the configuration changes under a running program."""

import pytest
from installation import SMALL
from world import GROUP, WEATHER

from monitor.loading import load
from monitor.model import HitFilter

EVERY = "defaults: {interval: 1m}\n"
WIDER = SMALL.replace("en: [contact group*]", "en: [contact group*, rain until sunday]")


@pytest.fixture
def running(desk, outlet, clock):
    """A program whose configuration a test changes with ``change``; what runs at the end is closed."""

    class Running:
        app = desk.write(outlet.feed, topic=SMALL, more=EVERY).app(now=clock)

        def change(self, *feeds, topic=SMALL):
            desk.write(*feeds, topic=topic, more=EVERY)
            self.app.stop.set()
            self.app = desk.parsers.serve(self.app.again(load(desk.config, {})))
            return self.app

        def round(self):
            clock.forward(minutes=5)
            return self.app.round()

        def verdict(self, slug):
            (said,) = self.app.review.why(f"{outlet.base}/{slug}").verdicts
            return said

    one = Running()
    yield one
    one.app.close()


def hits(app):
    return sorted(hit.title for hit in app.review.hits(HitFilter()))


@pytest.mark.fault("D10")
def test_what_was_found_by_older_rules_keeps_their_version_until_somebody_asks_for_more(running, desk, outlet):
    outlet.publish(("group", "Contact group meets", GROUP), ("rain", "Rain until Sunday", WEATHER))
    running.round()
    (old,) = running.app.loaded.topics
    assert (running.verdict("group").version, running.verdict("rain").version) == (old.version, old.version)

    (new,) = running.change(outlet.feed, topic=WIDER).loaded.topics
    assert new.version != old.version
    outlet.publish(("again", "Contact group meets again", GROUP), ("rain", "Rain until Sunday", WEATHER))
    running.round()
    assert hits(running.app) == ["Contact group meets", "Contact group meets again"]
    versions = {slug: running.verdict(slug).version for slug in ("group", "rain", "again")}
    assert versions == {"group": old.version, "rain": old.version, "again": new.version}
    assert not [message for message in desk.chats if "Rain" in message["text"]]

    changed = list(running.app.rematch("ramstein", running.app.review.why(f"{outlet.base}/rain").found))
    assert [change.stored.title for change in changed] == ["Rain until Sunday"]
    assert hits(running.app) == ["Contact group meets", "Contact group meets again"], "looking changes nothing"
    running.app.apply(changed)
    assert running.verdict("rain").version == new.version
    assert "Rain until Sunday" in hits(running.app)


@pytest.mark.fault("D10")
def test_the_version_is_told_by_why(running, desk, outlet):
    outlet.publish(("group", "Contact group meets", GROUP))
    running.round()
    (topic,) = running.app.loaded.topics
    assert f"HIT, certain, score 5 (topic version {topic.version})" in desk.monitor("why", f"{outlet.base}/group").out


@pytest.mark.fault("I8")
def test_a_source_that_is_taken_out_is_asked_no_more_and_keeps_its_history(running, desk, outlet, other):
    outlet.publish(("group", "Contact group meets", GROUP))
    other.publish(("rain", "Rain until Sunday", WEATHER))
    running.change(outlet.feed, other.feed)
    running.round()
    running.change(other.feed)
    asked = outlet.asked.count("/feed")
    outlet.publish(("group", "Contact group meets", GROUP), ("later", "Contact group meets later", GROUP))
    assert running.round().sources == 1
    assert outlet.asked.count("/feed") == asked
    assert hits(running.app) == ["Contact group meets"]
    assert running.app.review.why(f"{outlet.base}/group").seen_in[0].source == "Outlet 1"
    assert desk.monitor("hits", "--json").code == 0


@pytest.mark.fault("I8")
def test_a_source_that_is_brought_back_goes_on_where_it_was(running, desk, outlet, other):
    outlet.publish(("group", "Contact group meets", GROUP))
    other.publish(("rain", "Rain until Sunday", WEATHER))
    running.change(outlet.feed, other.feed)
    running.round()
    text = desk.config.read_text()
    desk.config.write_text(text.replace('  - {name: "Outlet 1"', '  # - {name: "Outlet 1"'))
    running.app.stop.set()
    running.app = desk.parsers.serve(running.app.again(load(desk.config, {})))
    running.round()
    outlet.publish(("group", "Contact group meets", GROUP), ("later", "Budget for the contact group", WEATHER))
    running.change(outlet.feed, other.feed)
    running.round()
    assert hits(running.app) == ["Budget for the contact group", "Contact group meets"]
    assert outlet.asked.count("/group") == 1, "what was read is known"
    assert ["Contact group meets" in message["text"] for message in desk.chats] == [True, False]
