"""Each case of a kind is a document and, beside it, what must come of it: only what the JSON names is compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.poll.kinds import listing, sitemap, telegram
from monitor.poll.kinds.answer import feed_from_json

HERE = Path(__file__).parent
META = {
    "listing": {"url": "https://harbour.example/news/", "content_type": "text/html"},
    "sitemap": {"url": "https://harbour.example/sitemap.xml", "content_type": ""},
    "telegram": {"url": "https://t.me/s/harbour", "content_type": "text/html; charset=utf-8"},
}
PARSE = {"listing": listing.parse, "sitemap": sitemap.parse, "telegram": telegram.parse}
CASES = sorted(path for kind in PARSE for path in (HERE / kind).glob("*.json"))


def answered(case: Path, expected: dict) -> dict:
    document = next(path for path in case.parent.glob(f"{case.stem}.*") if path != case)
    kind = case.parent.name
    return json.loads(json.dumps(PARSE[kind](document.read_bytes(), META[kind] | expected.get("meta", {}))))


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(case):
    expected = json.loads(case.read_text("utf-8"))
    answer = answered(case, expected)
    if "error" in expected:
        with pytest.raises(ParseError, match=expected.get("message")) as caught:
            feed_from_json(answer)
        assert caught.value.kind == expected["error"]
        return
    assert "error" not in answer, answer
    got = [
        {name: value for name, value in entry.items() if name in want}
        for entry, want in zip(answer["entries"], expected["entries"], strict=False)
    ]
    assert got == expected["entries"]
    assert [entry["url"] for entry in answer["entries"][len(got) :]] == []
    for name in expected.keys() & {"title", "language", "notes", "older", "documents"}:
        assert answer[name] == expected[name]
    for begin in expected.get("notes_begin", ()):
        assert any(note.startswith(begin) for note in answer["notes"])
    assert len(feed_from_json(answer).entries) == len(expected["entries"])
