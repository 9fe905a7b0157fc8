"""What a person does on the pages of the sources: testing one, pausing it, polling it, adding one."""

import threading
from datetime import timedelta

import pytest
from sources_house import NEWS, NOW, shop, write
from world import Answer

from monitor.config.settings import load

MAIN = '<html lang="uk"><head><title>Ранок</title><link rel="alternate" type="application/rss+xml" href="/feed"></head>'


@pytest.fixture
def one(tmp_path):
    with shop(tmp_path) as made:
        yield made


def at(one, name="Outlet One"):
    return f"/sources/{one.number(name)}"


def due(one):
    return [claimed.source.name for claimed in iter(lambda: one.polls.claim(NOW), None)]


# --- pause, go on, poll now ----------------------------------------------------------------------


def test_a_source_is_paused_and_goes_on(one):
    assert one.post(at(one) + "/pause").headers["location"] == f"{at(one)}?said=pause"
    assert "Paused. Nothing is asked of it" in one.page(at(one) + "?said=pause")
    assert "‖ paused" in one.page("/sources")
    assert due(one) == ["Low tide"]
    assert one.post(at(one) + "/resume").headers["location"] == f"{at(one)}?said=resume"
    assert due(one) == ["Outlet One"]


def test_what_another_one_did_already_is_no_fault(one):
    assert [one.post(at(one) + "/pause").status_code for _ in range(2)] == [303, 303]
    assert [one.post(at(one) + "/resume").status_code for _ in range(2)] == [303, 303]


def test_polling_now_makes_it_due_and_is_refused_kindly_where_that_makes_no_sense(one):
    later = load(one.config, {"FEED_KEY": "canary-key-77"})
    assert len(later.sources) == 2
    claimed = one.polls.claim_named("Outlet One", NOW)
    refused = one.post(at(one) + "/poll")
    assert (refused.status_code, "being polled at this very moment" in refused.text) == (409, True)
    del claimed
    one.house.clock[0] = NOW + timedelta(minutes=3)  # its lease has run out
    assert one.post(at(one) + "/poll").status_code == 303
    assert one.house.review.watched.views([one.number("Outlet One")], NOW)[0].next_poll == NOW
    one.post(at(one) + "/pause")
    refused = one.post(at(one) + "/poll")
    assert (refused.status_code, "It is paused. Let it go on first" in refused.text) == (409, True)


@pytest.mark.parametrize("path", ["/pause", "/resume", "/poll", "/test"])
@pytest.mark.fault("H3")
def test_nothing_changes_without_our_own_form(one, path):
    answer = one.house.post(at(one) + path, data={"token": "wrong"})
    assert answer.status_code == 403
    assert due(one) == ["Outlet One", "Low tide"]
    assert one.outlet.asked == []


@pytest.mark.parametrize("path", ["/sources/add", "/sources/looks/1/add"])
@pytest.mark.fault("H3")
def test_nothing_is_looked_for_or_written_without_our_own_form(one, path):
    answer = one.house.post(path, data={"token": "wrong", "url": one.outlet.base})
    assert answer.status_code == 403
    assert one.outlet.asked == []


# --- test ----------------------------------------------------------------------------------------


def test_a_test_shows_each_step_and_what_matched_and_stores_nothing(one):
    seen, _ = one.look(at(one) + "/test")
    assert "It answers: 2 entries in “Outlet”. Nothing was stored." in seen
    assert "status 200" in seen
    assert "Contact group meets" in seen
    assert "hit: ramstein (certain)" in seen
    assert "Rain until Sunday its page was read text skipped" in seen
    assert "canary" not in seen
    assert one.house.review.counts()["articles"] == 0
    assert due(one) == ["Outlet One", "Low tide"]


def test_a_source_that_does_not_answer_says_why(one):
    one.outlet.answers.clear()
    seen, _ = one.look(at(one) + "/test")
    assert "It gives no entries: http: the server answered 404" in seen


def test_a_test_of_what_is_in_the_file_no_more_says_so(one):
    one.config.write_text(one.config.read_text().replace("name: Outlet One", "name: Renamed"))
    seen, _ = one.look(at(one) + "/test")
    assert 'no source "Outlet One" in sources.yaml' in seen


def test_one_look_at_a_time_and_no_page_waits_for_it(one):
    gate = threading.Event()
    one.outlet.answers["/feed?key=canary-key-77"].gate = gate
    address = one.post(at(one) + "/test").headers["location"]
    assert one.outlet.wait_for("/feed?key=canary-key-77")
    assert "It is being asked and read as a poll would" in one.page(address)
    assert "Outlet One" in one.page("/sources")
    other = one.post(at(one, "Low tide") + "/test")
    assert (other.status_code, "Another look is under way (Outlet One)" in other.text) == (409, True)
    assert due(one) == ["Outlet One", "Low tide"]
    gate.set()
    assert "It answers" in one.seen(address)


def test_a_forgotten_look_says_so(one):
    for number in ("7", "x", "0"):
        assert one.get(f"/sources/looks/{number}").status_code == 404


# --- add -----------------------------------------------------------------------------------------


def news(one):
    one.outlet.answers["/"] = Answer(MAIN.encode())


def test_a_site_is_looked_at_shown_and_added_under_the_name_that_is_given(one):
    news(one)
    one.outlet.answers["/feed"] = one.outlet.answers.pop("/feed?key=canary-key-77")
    before = one.config.read_text()
    seen, address = one.look("/sources/add", url=one.outlet.base)
    assert f"Address {one.outlet.feed} Found" in seen
    assert "no date Contact group meets" in seen
    assert f"- name: Outlet url: {one.outlet.feed} language: uk" in seen
    assert one.config.read_text() == before
    assert one.post(f"{address}/add", name="Ранок", language="uk").status_code == 303
    assert "It stands in sources.yaml now" in one.page(address)
    assert one.config.read_text().startswith(before)
    added = load(one.config, {"FEED_KEY": "x"}).sources[-1]
    assert (added.name, added.url, added.language) == ("Ранок", one.outlet.feed, "uk")
    assert one.post(f"{address}/add", name="Ранок").status_code == 409
    again, _ = one.look("/sources/add", url=one.outlet.feed)
    assert 'this address is in sources.yaml already: "Ранок"' in again


def test_a_name_that_is_taken_is_refused_and_can_be_mended(one):
    _, address = one.look("/sources/add", url=one.outlet.feed)
    before = one.config.read_text()
    one.post(f"{address}/add", name="Low tide", language="")
    assert "used twice" in one.page(address)
    assert one.config.read_text() == before
    one.post(f"{address}/add", name="High tide", language="")
    assert "High tide" in one.config.read_text()


def test_a_file_that_cannot_be_written_leaves_the_lines_to_paste(one, monkeypatch):
    _, address = one.look("/sources/add", url=one.outlet.feed)
    one.config.rename(one.config.with_name("real.yaml"))
    one.config.symlink_to("/dev/full")  # opens and reads, but nothing can be put in its place
    one.post(f"{address}/add", name="Outlet", language="")
    page = one.page(address)
    assert "put these lines under sources: in sources.yaml" in page
    assert f"- name: Outlet url: {one.outlet.feed}" in page


@pytest.mark.fault("A6")
def test_our_own_network_is_refused_also_for_what_a_person_types(tmp_path):
    with shop(tmp_path, private=False) as closed:
        for url in (closed.outlet.feed, f"http://localhost:{closed.outlet.base.rsplit(':', 1)[1]}/feed"):
            seen, _ = closed.look("/sources/add", url=url)
            assert "blocked_address" in seen or "bad_port" in seen
        seen, _ = closed.look("/sources/add", url="http://169.254.169.254/latest/meta-data")
        assert "blocked_address" in seen
        seen, _ = closed.look("/sources/add", url="http://tide.example:22/")
        assert "bad_port: port 22 is not one of the web" in seen
        assert closed.outlet.asked == []


def test_no_variable_of_the_environment_is_filled_in_for_who_sits_at_a_browser(one):
    one.outlet.answers["/feed?x=$%7BFEED_KEY%7D"] = one.outlet.answers["/feed?x=${FEED_KEY}"] = one.outlet.answers[
        "/feed"
    ]
    seen, address = one.look("/sources/add", url=f"{one.outlet.feed}?x=${{FEED_KEY}}", kind="feed")
    assert not any("canary" in path for path in one.outlet.asked)
    one.post(f"{address}/add", name="Sly", language="")
    assert "$${FEED_KEY}" in one.config.read_text()
    assert "canary" not in seen + one.page(address)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "ftp://a.example"}, "URL: expected a URL such as"),
        ({"url": "a.example", "language": "english"}, "language: expected a language code such as uk"),
        ({"url": "a.example", "kind": "rss"}, "kind: expected one of: feed, sitemap, listing, telegram"),
        ({"url": "a.example", "interval": "5"}, "interval: expected a duration such as 15m"),
        ({"url": "http://127.0.0.1:9/"}, "127.0.0.1: connection refused"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_form_is_there_again(one, fields, said):
    seen, _ = one.look("/sources/add", **fields)
    assert said in seen
    assert "What you know already" in seen


def test_no_address_is_asked_for(one):
    assert one.post("/sources/add", url="  ").status_code == 422


def test_a_broken_file_is_named(one):
    write(one.config, one.outlet)
    one.config.write_text(one.config.read_text().replace("url:", "ulr:"))
    seen, _ = one.look("/sources/add", url=one.outlet.feed)
    assert "sources.yaml:5" in seen
    assert len(NEWS) == 2
