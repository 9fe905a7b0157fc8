"""``monitor sources import`` and ``export``: from OPML into sources.yaml and back."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from installation import SMALL, monitor
from world import GROUP, Answer

LIST = """<opml version="2.0"><head><title>List</title></head><body>
<outline text="World">
  <outline type="rss" text="Outlet" xmlUrl="{base}/feed"/>
  <outline type="rss" text="Outlet" xmlUrl="{base}/other?a=1&amp;b=2" language="pt_br"/>
  <outline type="rss" text="Outlet again" xmlUrl="{base}/feed/?utm_source=x"/>
</outline>
<outline type="rss" text="First" xmlUrl="{first}"/>
<outline type="rss" text="Not the web" xmlUrl="ftp://a.example/feed"/>
<outline type="rss" xmlUrl="{base}/nameless"/>
</body></opml>"""
FIRST = "https://first.example/feed"


@pytest.fixture
def site(desk):
    desk.config.write_text(
        f"fetch: {{allow_private_addresses: true, pace: 0s}}\ntopics: [{SMALL}]\nsources:\n"
        f"  - name: First\n    url: {FIRST}\n\n# the end\n"
    )
    return desk


@pytest.fixture
def opml(site, outlet):
    outlet.publish(("group", "Contact group meets", GROUP))
    path = site.folder / "feeds.opml"
    path.write_text(LIST.format(base=outlet.base, first=FIRST))
    return path


def sources(desk):
    return json.loads(desk.monitor("sources", "export", "--json").out)


def test_new_feeds_come_in_under_names_of_their_own(site, opml, outlet):
    said = site.monitor("sources", "import", opml)
    assert (said.code, said.lines[-1]) == (0, f"3 sources added to {site.config}; 3 left out")
    assert [(one["name"], one["url"], one["language"]) for one in sources(site)] == [
        ("First", FIRST, None),
        ("Outlet", outlet.feed, None),
        ("Outlet (2)", f"{outlet.base}/other?a=1&b=2", "pt-BR"),
        ("127.0.0.1", f"{outlet.base}/nameless", None),
    ]
    assert site.config.read_text().endswith("\n\n# the end\n")
    assert "  # from feeds.opml\n  - name: Outlet\n" in site.config.read_text()
    assert outlet.asked == []


def test_what_is_left_out_is_named_with_the_reason(site, opml):
    assert site.monitor("sources", "import", opml).errors == [
        'Outlet again: twice in the file: "Outlet"',
        'First: there already: "First"',
        "Not the web: bad_scheme: only http and https addresses are fetched",
    ]


def test_a_second_import_changes_nothing(site, opml):
    site.monitor("sources", "import", opml)
    before = site.config.read_bytes()
    said = site.monitor("sources", "import", opml)
    assert (said.code, said.lines) == (0, [f"nothing new in {opml}: 6 feeds read"])
    assert site.config.read_bytes() == before


def test_disabled_sources_are_listed_only(site, opml):
    assert site.monitor("sources", "import", opml, "--disabled").lines[-1].endswith(", not enabled; 3 left out")
    assert [one["enabled"] for one in sources(site)] == [True, False, False, False]


def test_print_changes_nothing(site, opml, outlet):
    before = site.config.read_bytes()
    said = site.monitor("sources", "import", opml, "--print")
    assert said.out.startswith(f"  - name: Outlet\n    url: {outlet.feed}\n  - name: ")
    assert site.config.read_bytes() == before


def test_check_polls_each_new_one_once_and_names_what_fails(site, opml, outlet):
    outlet.answers["/other?a=1&b=2"] = Answer(b'<rss version="2.0"><channel><title>x</title></channel></rss>')
    said = site.monitor("sources", "import", opml, "--check")
    assert (said.code, said.lines[0]) == (1, "checked 3 sources: 1 with entries, 2 without")
    assert said.errors[-2:] == [
        "Outlet (2): answered, but holds no entries",
        "127.0.0.1: http: the server answered 404",
    ]
    assert sorted(outlet.asked) == ["/feed", "/nameless", "/other?a=1&b=2"]
    assert len(sources(site)) == 4


def test_an_address_from_outside_brings_no_variable(site, opml, outlet, monkeypatch):
    monkeypatch.setenv("SECRET", "canary-55")
    opml.write_text(
        f'<opml><body><outline text="${{SECRET}}" xmlUrl="{outlet.base}/x?leak=${{SECRET}}"/></body></opml>'
    )
    assert site.monitor("sources", "import", opml, "--check").code == 1
    assert outlet.asked == ["/x?leak=${SECRET}"]
    assert "canary" not in json.dumps(sources(site))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "it declares a document type"),
        ("<html/>", "XML, but no OPML"),
        ("no XML", "not XML: syntax error at line 1"),
    ],
)
def test_what_is_no_opml_is_refused(site, opml, text, said):
    opml.write_text(text)
    before = site.config.read_bytes()
    told = site.monitor("sources", "import", opml)
    assert (told.code, told.out, len(told.errors)) == (1, "", 1)
    assert told.err.startswith(f"{opml}: {said}")
    assert site.config.read_bytes() == before


def test_thousands_of_one_name_are_told_apart_in_time(site, opml):
    lines = "".join(f'<outline text="Same" xmlUrl="https://a{at}.example/"/>' for at in range(3_000))
    opml.write_text(f"<opml><body>{lines}</body></opml>")
    assert site.monitor("sources", "import", opml, "--disabled").code == 0
    assert sources(site)[-1]["name"] == "Same (3000)"


def test_a_file_that_is_not_there(site):
    said = site.monitor("sources", "import", "none.opml")
    assert (said.code, said.errors) == (2, ["none.opml: no such file or directory"])


def test_what_is_exported_can_be_imported(site, opml, outlet, tmp_path):
    site.monitor("sources", "import", opml)
    text = site.monitor("sources", "export").out
    assert text.count("<outline") == 4
    assert {one.get("xmlUrl") for one in ET.fromstring(text).iter("outline")} == {one["url"] for one in sources(site)}
    again = tmp_path / "again"
    again.mkdir()
    (again / "list.opml").write_text(text)
    config = again / "sources.yaml"
    config.write_text(f"topics: [{SMALL}]\nsources: []\n")
    assert monitor("--config", config, "sources", "import", again / "list.opml").code == 0
    exported = json.loads(monitor("--config", config, "sources", "export", "--json").out)
    wanted = ("name", "url", "language")
    assert [[one[key] for key in wanted] for one in exported] == [[one[key] for key in wanted] for one in sources(site)]


def test_kinds_that_no_reader_knows_are_left_out_of_opml_and_said(site):
    site.config.write_text(site.config.read_text().replace("name: First", "name: First\n    kind: listing"))
    said = site.monitor("sources", "export", "--opml")
    assert (said.code, "<outline" in said.out) == (0, False)
    assert said.errors == ["1 source left out, since no other reader knows its kind; see --json"]


def test_csv_has_a_line_a_source_and_no_formula(site):
    site.config.write_text(site.config.read_text().replace("name: First", 'name: "=SUM(A1)"'))
    (row,) = csv.DictReader(io.StringIO(site.monitor("sources", "export", "--csv").out))
    assert (row["name"], row["url"], row["interval"]) == ("'=SUM(A1)", FIRST, "15m")


def test_secrets_are_not_exported(site, monkeypatch):
    monkeypatch.setenv("KEY", "canary-55")
    site.config.write_text(site.config.read_text().replace(FIRST, f"{FIRST}?u=${{KEY}}"))
    for form in ("--opml", "--json", "--csv"):
        said = site.monitor("sources", "export", form)
        assert "canary" not in said.out
        assert f"{FIRST}?u=***" in said.out
        assert said.errors == ["1 address with secrets, shown as ***: of no use to another program"]


def test_one_form_at_a_time(site):
    said = site.monitor("sources", "export", "--csv", "--json")
    assert (said.code, said.errors) == (2, ["--opml, --json and --csv: choose one of them"])
