"""`monitor filters`, and the saved filters that lists, exports and alerts name."""

import json

import pytest

from monitor.formats import BOM


def titles(said):
    return {row["title"] for row in map(json.loads, said.lines)}


@pytest.fixture
def saved(own):
    """An installation of one's own with two saved filters."""
    assert own.monitor("filters", "save", "Ukrainian", "language=uk").code == 0
    assert own.monitor("filters", "save", "Far east", "https://m.example/x/?state=new&language=zh&page=3").code == 0
    return own


def test_a_filter_is_saved_in_its_one_form_and_listed(saved):
    said = saved.monitor("filters")
    assert "Far east: language=zh&state=new" in said.out
    assert "Ukrainian: language=uk" in said.out
    rows = json.loads(saved.monitor("filters", "list", "--json").out)
    assert [(row["name"], row["query"], row["alerts"]) for row in rows] == [
        ("Far east", "language=zh&state=new", []),
        ("Ukrainian", "language=uk", []),
    ]


def test_lists_and_exports_name_a_saved_filter(saved):
    every = {hit["id"]: hit for hit in json.loads(saved.monitor("hits", "--json", "--limit", "0").out)}
    (hit,) = json.loads(saved.monitor("hits", "--saved", "Ukrainian", "--json").out)
    assert hit == every[hit["id"]]
    assert hit["language"] == "uk"
    assert titles(saved.monitor("export", "--saved", "Ukrainian")) == {hit["title"]}


def test_an_option_changes_a_part_of_it(saved):
    assert {row["language"] for row in map(json.loads, saved.monitor("export", "--saved", "Far east").lines)} == {"zh"}
    changed = saved.monitor("export", "--saved", "Far east", "--language", "bn")
    assert {row["language"] for row in map(json.loads, changed.lines)} == {"bn"}


@pytest.mark.parametrize(
    ("filters", "languages"),
    [
        (["--grade", "certain", "--language", "uk"], {"uk"}),
        (["--country", "-", "--language", "zh"], {"zh"}),
        (["--country", "ua"], set()),
        (["--tag", "air"], {"bn"}),
    ],
)
def test_hits_are_filtered_by_grade_country_and_tag(own, filters, languages):
    rows = json.loads(own.monitor("hits", "--json", "--language", "bn").out)
    with own.app() as app:
        from monitor.model import Judgement, Target

        app.review.decisions.decide([Target(rows[0]["id"])], Judgement(tags=("air",)), "", app._now())
    found = json.loads(own.monitor("hits", "--json", *filters).out)
    assert {hit["language"] for hit in found} == languages


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hits", "--saved", "Nobody's"], 'no saved filter "Nobody\'s"; saved are: "Far east", "Ukrainian"'),
        (["export", "--saved", "Nobody's"], 'no saved filter "Nobody\'s"; saved are: "Far east", "Ukrainian"'),
        (["filters", "remove", "Nobody's"], 'no saved filter "Nobody\'s"; saved are: "Far east", "Ukrainian"'),
        (["filters", "save", "X", "grade=sure"], "QUERY: grade is one of certain, probable"),
        (["filters", "save", "X", "page=2"], "QUERY: asks nothing; expected such as topic=ramstein&language=uk"),
        (["filters", "save", " ", "language=uk"], "a saved filter needs a name"),
        (["hits", "--grade", "sure"], '--grade: expected certain or probable, got "sure"'),
        (["export", "--country", "Ukraine"], '--country: expected two letters such as UA, or -, got "Ukraine"'),
        (["export", "--bom"], "--bom: only with --format csv"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(saved, words, said):
    answer = saved.monitor(*words)
    assert (answer.code, answer.errors, answer.out) == (2, [said], "")


def test_near_misses_are_listed_and_not_exported(saved):
    saved.monitor("filters", "save", "Nearly", "near=1&language=uk")
    assert saved.monitor("hits", "--saved", "Nearly").out == "No near misses here.\n"
    said = saved.monitor("export", "--saved", "Nearly")
    assert (said.code, said.errors) == (
        2,
        ['--saved: "Nearly" is of near misses, and only hits are exported; see hits --near'],
    )


def test_a_csv_file_for_excel_begins_with_its_mark(polled):
    plain, marked = (polled.monitor("export", "--format", "csv", *more).out for more in ([], ["--bom"]))
    assert marked == BOM + plain


def test_a_filter_that_an_alert_names_stays_until_it_does_so_no_more(saved):
    before = saved.config.read_text()
    extra = '  - {name: desk, url: "json://h.example", filter: [Ukrainian, Nobody\'s]}\n'
    saved.config.write_text(before + extra)
    said = saved.monitor("filters", "remove", "Ukrainian")
    assert (said.code, said.errors) == (
        2,
        [f'"Ukrainian" decides what goes to desk; take it out of {saved.config} first'],
    )
    listed = " ".join(saved.monitor("filters").out.split())
    assert "decides what goes to desk" in listed
    assert "Nobody's: not saved yet; desk gets everything that its other rules let pass" in listed
    saved.config.write_text(before)
    assert saved.monitor("filters", "remove", "Ukrainian").out == "removed Ukrainian\n"
    assert "Ukrainian" not in saved.monitor("filters").out


def test_the_check_of_the_configuration_says_what_a_filter_does(saved, tmp_path):
    extra = "  - {name: desk, url: 'json://h.example', filter: [Far east, Nobody's]}\n"
    saved.config.write_text(saved.config.read_text() + extra.replace("Nobody's", '"Nobody s"'))
    words = " ".join(saved.monitor("config", "check").out.split())
    assert "filters: Far east, Nobody s" in words
    assert "filter Far east: language=zh&state=new · without its state, which a new hit cannot have" in words
    assert "filter Nobody s: not saved, so everything that the other rules let pass goes there" in words
    nowhere = f"sqlite:///{tmp_path}/nowhere.db"
    report = json.loads(saved.monitor("config", "check", "--json", "--database", nowhere).out)
    assert [(one["name"], one["query"], one["alerts"]) for one in report["filters"]] == [
        ("Far east", None, ["desk"]),
        ("Nobody s", None, ["desk"]),
    ]
    assert not (tmp_path / "nowhere.db").exists()


def test_an_empty_list_says_what_to_do(own):
    assert own.monitor("filters").out.startswith("No saved filters. The page saves what it shows;")
