from datetime import timedelta

import pytest
from decision_machine import fresh
from judged import add_hits

from monitor.model import CANARY, Judgement, Target, Worth
from monitor.store import ReviewStore
from monitor.store.tables import ArticleRow, HitRow, SourceRow


def term(form, concept="base", rule="ramstein*", field="text"):
    return {"concept": concept, "form": form, "start": 0, "end": 1, "field": field, "rule": rule}


BAND = {
    "why": ['Ramstein (the band?) (en, lead): "Rammstein" + "group (text): x": +4', "score 4 of 3: probable"],
    "terms": [term("Rammstein"), term("Rammstein"), term("group", "meeting", "group*")],
}
GROUP = {
    "why": [
        'group named (title): "contact group": +10',
        'taken back: band word (en, title): "concert": -6',
        "score 10 of 3: certain from 6",
        "3 more places are not listed",
    ],
    "terms": [term("Ramstein"), term("ramstein", field="url"), term("UDCG", "udcg", "")],
}


@pytest.fixture
def review(tmp_path, clock):
    database = fresh(tmp_path)
    with database.write() as session:
        for row in (1, 2, 3, 4, 5):
            session.get_one(HitRow, row).topic = "other"
    bands = add_hits(database, clock(), 0, 0, 0, **BAND)
    groups = add_hits(database, clock() + timedelta(hours=1), 0, 0, 0, 0, **GROUP)
    review = ReviewStore(database)
    for state, hits in (("irrelevant", bands[:2]), ("relevant", groups[:2]), ("starred", groups[2:3])):
        review.decisions.decide([Target(hit) for hit in hits], Judgement(state), "", clock())
    yield review
    database.close()


def test_rules_and_forms_are_counted_once_a_hit_the_worst_first(review, clock):
    learnt = review.learning.learning("ramstein")
    assert (learnt.newest.hits, learnt.newest.since, learnt.newest.more) == (7, clock(), False)
    assert (learnt.judged.hits, learnt.irrelevant) == (5, 2)
    assert learnt.rules == (
        Worth("Ramstein (the band?)", "", 3, 2, 2, (7, 6)),
        Worth("group named", "", 4, 3, 0),
    )
    assert learnt.forms == (
        Worth("group*", "meeting", 3, 2, 2, (7, 6), "group"),
        Worth("ramstein*", "base", 7, 5, 2, (7, 6), learnt.forms[1].found),
        Worth("UDCG", "udcg", 4, 3, 0, (), "UDCG"),
    )


def test_the_newest_are_counted_and_it_is_said(review, clock):
    learnt = review.learning.learning("ramstein", 3)
    assert (learnt.newest.hits, learnt.newest.more) == (3, True)
    assert learnt.newest.since == learnt.judged.since == clock() + timedelta(hours=1)
    assert learnt.irrelevant == 0
    assert review.learning.learning("ramstein", None).newest.hits == 7


def test_few_judged_hits_prove_little():
    once, often = Worth("a", judged=1, irrelevant=1), Worth("b", judged=50, irrelevant=40)
    assert once.at_least < often.at_least < 0.8
    assert Worth("c").at_least == Worth("d", judged=9).at_least == 0


def test_a_topic_without_hits(review):
    assert review.learning.learning("nothing").rules == ()
    assert review.learning.topics() == ("other", "ramstein")


def test_what_is_withdrawn_or_the_canarys_does_not_count(review):
    with review.learning._database.write() as session:
        session.get_one(HitRow, 6).withdrawn = True
        session.get_one(SourceRow, 1).name = CANARY
    assert review.learning.learning("ramstein").newest.hits == 0


def test_an_article_that_was_no_hit_with_what_is_left_of_its_text(review, clock):
    with review.learning._database.write() as session:
        article = ArticleRow(
            url_key="near", source_id=1, title="Near", feed_text="Summary.", found=clock(), due=clock(), near="score 2"
        )
        session.add(article)
        session.flush()
        number, with_hit = article.id, session.get_one(HitRow, 7).article_id
    miss, text = review.learning.near(number)
    assert (miss.title, miss.reason, text) == ("Near", "score 2", "Summary.")
    assert review.learning.near(with_hit) is None
    assert review.learning.near(999) is None
