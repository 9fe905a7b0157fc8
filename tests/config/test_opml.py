"""Lists of subscriptions: what a file holds, and what hostile ones do. A case is a file with what is read from it."""

import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.opml import MAX_BYTES, MAX_DEPTH, MAX_OUTLINES, OpmlError, Outline, read_opml, write_opml

CASES = sorted((Path(__file__).parent / "opml").glob("*.opml"))
NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
LAUGHS = (
    '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><opml><body><outline text="&b;" '
    'xmlUrl="https://a.example/"/></body></opml>'
)
FILE = '<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>'


def body(inner):
    return f'<opml version="2.0"><body>{inner}</body></opml>'.encode()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_a_file_holds(case):
    read = read_opml(case.read_bytes())
    found = [[one.title, one.url, one.page, one.language, list(one.groups)] for one in read.outlines]
    expected = json.loads(case.with_suffix(".json").read_text("utf-8"))
    assert {"title": read.title, "notes": list(read.notes), "outlines": found} == expected


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        (LAUGHS.encode(), "document type"),
        (FILE.encode(), "document type"),
        (LAUGHS.encode("utf-16"), "document type"),
        (b"<!-- x -->" + FILE.encode(), "document type"),
        (body('<outline text="x">' * 60 + "</outline>" * 60), f"nested deeper than {MAX_DEPTH}"),
        (body("<outline " + " ".join(f'a{n}="1"' for n in range(5_000)) + "/>"), "attributes"),
        (body('<outline xmlUrl="https://a.example/"/>' * (MAX_OUTLINES + 1)), f"more than {MAX_OUTLINES}"),
        (b" " * (MAX_BYTES + 1), "larger than"),
        (b"", "not XML"),
        (b"<opml><body>", "not XML"),
        (b"<opml><body></opml>", "not XML"),
        (b'{"feeds": []}', "not XML"),
        (b"<rss version='2.0'><channel/></rss>", "no OPML"),
        (b"<html><body><outline xmlUrl='https://a.example/'/></body></html>", "no OPML"),
        (bytes(range(256)), "not XML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_are_refused_in_words(hostile, said):
    with pytest.raises(OpmlError, match=said):
        read_opml(hostile)


def test_what_is_written_is_read_back_and_is_opml_2():
    outlines = (
        Outline('Two "quotes" & <marks>', "https://a.example/?x=1&y='2'", language="uk"),
        Outline("سطر", "https://b.example/"),
    )
    text = write_opml(outlines, title="Sources & more", created=NOW)
    tree = ET.parse(io.StringIO(text)).getroot()
    assert (tree.tag, tree.get("version")) == ("opml", "2.0")
    assert [child.tag for child in tree] == ["head", "body"]
    assert all(one.get("text") and one.get("type") == "rss" and one.get("xmlUrl") for one in tree.iter("outline"))
    assert tree.findtext("head/dateCreated") == "Mon, 04 May 2026 07:00:00 +0000"
    read = read_opml(text.encode())
    assert (read.title, read.outlines, read.notes) == ("Sources & more", outlines, ())


@given(st.text(min_size=1))
def test_every_title_can_be_written(title):
    text = write_opml([Outline(title, "https://a.example/")], title=title, created=NOW)
    assert len(read_opml(text.encode()).outlines) == 1
