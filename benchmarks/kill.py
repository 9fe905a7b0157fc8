"""kill -9, a thousand times: the long form of ``tests/alerts/test_kill.py``, for a night.

    python benchmarks/kill.py [--kills 1000] [--seed N] [--share 0.15] [--digests] [--variant "mark then send"]

One installation lives through all of it: a feed that goes on publishing, a chat, a mailbox and a webhook on loopback
that fail in ``--share`` of all cases, and a process between them that is killed at random instants, half of them close
to an acceptance. Whenever it is dead, and at the end, it is checked that nothing was lost, that what came twice had a
reason and said so, and that the database is whole. Exit code 1 otherwise. The seed is printed; the same one gives the
same plan, though not the same interleaving.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "alerts")]

from killing import drain, kill_again_and_again  # noqa: E402 - from the tests
from lives import House, Nursery  # noqa: E402 - as above

DIGESTS = {"mail": 'when: "* * * * *"', "hook": "cooldown: 1m"}


def main() -> int:
    """Run it; 0 when everything held."""
    said = _arguments()
    print(f"seed {said.seed}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rules = DIGESTS if said.digests else None
        with (
            Nursery(place) as nursery,
            House(nursery, place, seed=said.seed, share=said.share, rules=rules, variant=said.variant) as house,
        ):
            kill_again_and_again(house, said.kills, new=6)
            drain(house)
            house.look_at_the_end()
            _tell(house, time.monotonic() - began)
            return int(bool(house.wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill the monitor again and again, and look what is lost.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--share", type=float, default=0.15, help="of messages for which something goes wrong")
    parser.add_argument("--digests", action="store_true", help="mail by the minute, webhook with a cooldown")
    parser.add_argument("--variant", default="", help="a sender that is wrong on purpose, see tests/alerts/variants.py")
    return parser.parse_args()


def _tell(house: House, seconds: float) -> None:
    taken, due = len(house.accepted()), len(house.published) * len(house.channels)
    messages = sum(len(channel.seen) for channel in house.channels)
    calls = sum(len(channel.calls) for channel in house.channels)
    print(f"{len(house.kills)} kills in {seconds:.0f} s; {len(house.published)} articles, {due} deliveries")
    print(f"{calls} calls, {messages} messages accepted; {taken} deliveries in them, {taken - due} of them repeats")
    for words in house.wrong:
        print(f"WRONG  {words}")


if __name__ == "__main__":
    sys.exit(main())
