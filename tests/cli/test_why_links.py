"""`monitor why` and the page on an article that waits for its ruling, and on how an article came into its story."""

from installation import SMALL
from world import GROUP


def test_an_article_of_a_second_net_says_that_it_waits_for_its_ruling(desk, outlet):
    outlet.publish(("one", "Contact group meets at Ramstein", GROUP), ("rain", "Rain", "Rain until Sunday."))
    desk.write(outlet.feed, topic=SMALL)
    desk.config.write_text(desk.config.read_text().replace('name: "Outlet 1",', 'name: "Outlet 1", control: true,'))
    desk.round()
    words = " ".join(desk.monitor("why", f"{outlet.base}/one").out.split())
    assert "alert not yet: only second nets have shown it. The other sources have a day to bring it" in words
    assert "none is configured" not in words
    assert "not yet: only" not in desk.monitor("why", f"{outlet.base}/rain").out


def test_an_article_of_our_own_does_not_wait(desk, outlet):
    outlet.publish(("one", "Contact group meets at Ramstein", GROUP))
    desk.write(outlet.feed, topic=SMALL).round()
    assert "second nets" not in desk.monitor("why", f"{outlet.base}/one").out


def test_how_an_article_came_into_its_story_is_said_with_the_reason(desk, outlet, other):
    outlet.publish(("one", "Contact group meets at Ramstein", GROUP))
    desk.write(outlet.feed, other.feed, topic=SMALL).round()
    other.publish(("two", "Contact group meets at Ramstein today", GROUP))
    desk.round(everything=True)
    words = " ".join(desk.monitor("why", f"{other.base}/two").out.split())
    assert "this one is a copy: 100% of the text is the same" in words
    assert "Outlet 1 · en · first of the story · Contact group meets at Ramstein" in words
    assert "Outlet 2 · en · a copy: 100% of the text" in " ".join(desk.monitor("why", f"{outlet.base}/one").out.split())
