"""What is done to the database as a whole: copied, put back, brought up to date, thinned out, checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """What a database file holds."""

    path: str
    size: int
    """Bytes."""
    schema: str
    articles: int
    hits: int


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made and found to be whole."""

    held: Held
    removed: tuple[str, ...] = ()
    """Older copies that made room for it."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """A copy that was put in the place of the database."""

    held: Held
    aside: str | None
    """Where the database is that was there before; None where there was none."""
    older: bool
    """Whether it is of an earlier schema, which the next start brings up to date."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table of a database that was copied into another one, both read again and compared value by value."""

    name: str
    rows: int
    """Rows of the source."""
    there: int
    """Rows of the copy."""
    differing: int = 0
    """Rows that are not the same in both, or in one alone."""
    first: str = ""
    """The key of the first of them."""


@dataclass(frozen=True, slots=True)
class CopiedDatabase:
    """A database copied into another one."""

    source: str
    target: str
    """Both by their names, without passwords."""
    tables: tuple[CopiedTable, ...]
    resumed: bool
    """Whether an earlier copy was gone on with."""
    cleaned: int = 0
    """Texts out of which NUL characters were taken, which PostgreSQL cannot keep."""

    @property
    def same(self) -> bool:
        """Whether the copy holds what the source holds."""
        return not any(table.differing for table in self.tables)


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at in a database: what is wrong with it, and what was done about it."""

    name: str
    words: str
    """What was looked at, or what is wrong, in one line."""
    wrong: int = 0
    """How many rows or pages are wrong; 0 where all is well."""
    mend: str = ""
    """What a person does about it."""
    mended: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class KeepFor:
    """How long what is kept; None: for ever. Hits, and all that belongs to them, are kept for ever."""

    text: timedelta = timedelta(days=14)
    """Texts of articles without a hit."""
    revisions: timedelta | None = timedelta(days=90)
    """What such articles said before they were edited."""
    articles: timedelta | None = None
    """What is known of such articles, beyond what tells them apart."""
    attempts: timedelta | None = timedelta(days=365)
    """Single tries to send."""
    notices: timedelta | None = timedelta(days=365)
    """What the monitor said about itself."""
    source_days: timedelta | None = timedelta(days=90)
    """What each source brought by day."""
