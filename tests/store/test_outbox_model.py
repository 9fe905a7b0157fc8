"""The outbox's promises hold for every order of events that hypothesis thinks of; each broken variant is caught."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from outbox_machine import EtagFirst, MarksThenSends, NeverClamped, SentThenStored, World

PATIENT = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CATCH = settings(PATIENT, max_examples=300, phases=[Phase.generate], report_multiple_bugs=False)
"""To see a fault is enough; it need not be made small."""


def test_nothing_is_lost_and_nothing_told_too_often():
    run_state_machine_as_test(World, settings=PATIENT)


@pytest.mark.parametrize("broken", [MarksThenSends, EtagFirst, NeverClamped, SentThenStored])
def test_a_broken_variant_is_caught(broken):
    with pytest.raises(AssertionError):
        run_state_machine_as_test(broken, settings=CATCH)
