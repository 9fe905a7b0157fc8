from datetime import timedelta

import pytest
from decision_machine import Reviewers, fresh
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from monitor.errors import UsageError
from monitor.model import Judgement, Target
from monitor.store import ReviewStore
from monitor.store.tables import HitRow

RELEVANT, IRRELEVANT = Judgement("relevant"), Judgement("irrelevant")


@pytest.fixture
def database(tmp_path):
    """Hits 1 to 3 are of one story, 4 and 5 of none."""
    database = fresh(tmp_path)
    yield database
    database.close()


@pytest.fixture
def review(database):
    return ReviewStore(database)


@pytest.fixture
def decide(review, clock):
    def decided(said, *targets, who="anna"):
        meant = [target if isinstance(target, Target) else Target(target) for target in targets]
        return review.decisions.decide(meant, said, who, clock.forward(seconds=1))

    return decided


def states(review):
    return [review.hit(number).state for number in range(1, 6)]


def test_any_order_of_reviewers():
    run_state_machine_as_test(
        Reviewers,
        settings=settings(
            max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_story_is_decided_as_far_as_it_was_shown(review, decide):
    decided = decide(RELEVANT, Target(2, story=True, newest=2))
    assert states(review) == ["relevant", "relevant", "new", "new", "new"]
    assert [(one.hit_id, one.was, one.state, one.who) for one in decided.done] == [
        (1, "new", "relevant", "anna"),
        (2, "new", "relevant", "anna"),
    ]


def test_a_withdrawn_hit_of_a_story_stays_as_it_is(review, database, decide):
    with database.write() as session:
        session.get_one(HitRow, 1).withdrawn = True
    assert [one.hit_id for one in decide(RELEVANT, Target(2, story=True)).done] == [2, 3]


def test_a_bulk_decision_is_one_and_names_what_it_left(review, decide):
    decide(IRRELEVANT, 4, who="ben")
    decided = decide(RELEVANT, Target(3, story=True, stamp=0), Target(4, stamp=0), Target(5, stamp=0), 99, 99)
    assert [one.hit_id for one in decided.done] == [1, 2, 3, 5]
    assert [(one.hit_id, one.who, one.state) for one in decided.overtaken] == [(4, "ben", "irrelevant")]
    assert decided.missing == (99,)
    assert len({one.at for one in decided.done}) == 1


def test_a_story_is_left_whole_when_another_person_decided_on_one_of_it(review, decide):
    decide(IRRELEVANT, 2, who="ben")
    assert not decide(RELEVANT, Target(3, story=True, stamp=0)).done
    assert states(review)[:3] == ["new", "irrelevant", "new"]


def test_a_hit_that_is_meant_twice_is_decided_once(review, decide):
    assert len(decide(RELEVANT, 1, Target(2, story=True, stamp=0), 1).done) == 3
    assert len(review.decisions.history(1)) == 1


def test_a_later_decision_of_ones_own_is_no_obstacle_nor_is_a_decision_that_was_shown(review, decide):
    first = decide(IRRELEVANT, 1).done[0]
    assert decide(RELEVANT, Target(1, stamp=0)).done
    assert not decide(IRRELEVANT, Target(1, stamp=first.id), who="ben").done
    stamp = review.decisions.stamps([1, 2])
    assert list(stamp) == [1]
    assert decide(IRRELEVANT, Target(1, stamp=stamp[1]), who="ben").done


def test_two_browsers_without_names_do_not_overwrite_each_other(review, decide):
    first = decide(IRRELEVANT, Target(1, stamp=0), who="").done[0]
    second = decide(RELEVANT, Target(1, stamp=0), who="")
    assert (second.done, second.overtaken) == ((), (first,))
    assert decide(RELEVANT, Target(1, stamp=first.id), who="").done


def test_what_is_not_said_stays(review, decide):
    decide(Judgement("relevant", "first report", ("aid",)), 1)
    decide(Judgement("starred"), 1)
    assert (review.hit(1).state, review.hit(1).note) == ("starred", "first report")
    decide(Judgement(note=""), 1)
    assert (review.hit(1).state, review.hit(1).note) == ("starred", "")
    assert review.decisions.tags_of([1, 2]) == {1: ("aid",)}


def test_a_tag_is_spelt_everywhere_as_it_was_written_first(review, decide):
    decide(Judgement(tags=("Air  defence", "air DEFENCE", " ", "aid,rail")), 1)
    decide(Judgement(add=("AIR DEFENCE", "new")), 1, 2)
    assert review.decisions.tags_of([1, 2]) == {1: ("aid rail", "Air defence", "new"), 2: ("Air defence", "new")}
    decide(Judgement(remove=("air defence",)), 1, 2)
    assert review.decisions.tags_of([1, 2]) == {1: ("aid rail", "new"), 2: ("new",)}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Judgement("perhaps"), "marked as one of"),
        (Judgement(note="x" * 2001), "2000 characters"),
        (Judgement(add=("y" * 33,)), "32 characters"),
        (Judgement(add=tuple(f"tag {number}" for number in range(21))), "20 tags"),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(review, decide, said, words):
    with pytest.raises(UsageError, match=words):
        decide(said, 1, 2)
    assert review.decisions.stamps([1, 2]) == {}


def test_an_undo_after_another_decision_is_refused_and_says_whose(review, decide, clock):
    mine = decide(RELEVANT, 1, 2)
    decide(IRRELEVANT, 2, who="ben")
    undone = review.decisions.undo([one.id for one in mine.done] + [77], "anna", clock())
    assert [(one.hit_id, one.state, one.was, one.undoes) for one in undone.done] == [(1, "new", "relevant", 1)]
    assert [(one.hit_id, one.who) for one in undone.overtaken] == [(2, "ben")]
    assert undone.missing == (77,)


def test_decisions_are_taken_back_one_after_the_other(review, decide, clock):
    numbers = [decide(Judgement(state), 1).done[0].id for state in ("relevant", "starred", "irrelevant")]
    for number, left in zip(reversed(numbers), ("starred", "relevant", "new"), strict=True):
        assert review.decisions.undo([number], "anna", clock()).done
        assert review.hit(1).state == left
    assert not review.decisions.undo(numbers[-1:], "anna", clock()).done, "it was taken back already"


def test_two_decisions_on_one_hit_are_taken_back_at_once(review, decide, clock):
    numbers = [decide(Judgement(state), 1).done[0].id for state in ("relevant", "starred")]
    assert len(review.decisions.undo(numbers, "anna", clock()).done) == 2
    assert review.hit(1).state == "new"


def test_a_saved_filter(review, clock):
    saved = review.filters.save("  Air\u202e  raids ", "topic=ramstein", "anna", clock())
    assert (saved.name, review.filters.named("Air raids")) == ("Air raids", saved)
    again = review.filters.save("Air raids", "language=uk", "ben", clock() + timedelta(hours=1))
    review.filters.save("aid", "tag=aid", "", clock())
    assert [(one.id, one.name, one.query, one.who) for one in review.filters.all()] == [
        (2, "aid", "tag=aid", ""),
        (saved.id, "Air raids", "language=uk", "ben"),
    ]
    assert review.filters.remove(again.id)
    assert not review.filters.remove(again.id)
    assert review.filters.named("Air raids") is None


@pytest.mark.parametrize(("name", "query"), [(" ", ""), ("x" * 61, ""), ("x", "y" * 4001)])
def test_a_filter_that_cannot_be_saved(review, clock, name, query):
    with pytest.raises(UsageError):
        review.filters.save(name, query, "", clock())
