"""What these tests share."""

from installation import desk, other, outlet  # noqa: F401 - fixtures
