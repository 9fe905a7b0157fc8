"""Each case is a document and, beside it, what must come of it: only what the JSON names is compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.poll.kinds import feed
from monitor.poll.kinds.answer import feed_from_json

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
META = {"url": "https://feed.example/dir/feed.xml", "content_type": ""}


def document_of(case: Path) -> bytes:
    return next(path for path in case.parent.glob(case.stem + ".*") if path != case).read_bytes()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case):
    expected = json.loads(case.read_text("utf-8"))
    answer = json.loads(json.dumps(feed.parse(document_of(case), META)))
    if "error" in expected:
        with pytest.raises(ParseError) as caught:
            feed_from_json(answer)
        assert caught.value.kind == expected["error"]
        return
    assert [
        {name: got[name] for name in want} for got, want in zip(answer["entries"], expected["entries"], strict=True)
    ] == expected["entries"]
    for name in expected.keys() & {"title", "language", "notes", "hints", "older", "documents"}:
        assert answer[name] == expected[name]
    for begin in expected.get("notes_begin", ()):
        assert any(note.startswith(begin) for note in answer["notes"])
    assert len(feed_from_json(answer).entries) == len(expected["entries"])
