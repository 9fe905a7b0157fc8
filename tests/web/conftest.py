import pytest
from browser import chromium
from web_house import house


@pytest.fixture(scope="module")
def browser():
    """One browser for a module."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def open_house(tmp_path_factory):
    """A server without a password; its tests only read."""
    with house(tmp_path_factory.mktemp("web")) as running:
        yield running
