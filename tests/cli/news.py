"""Articles on the group that are of no common story: other words, other days, other places."""

from pathlib import Path

LINES = Path(__file__).with_name("cases").joinpath("news.txt").read_text("utf-8").splitlines()
NEWS = {slug: (title, text) for slug, title, text in (line.split(" | ") for line in LINES)}


def news(*slugs):
    """Items for ``Outlet.publish``."""
    return [(slug, *NEWS[slug]) for slug in slugs]
