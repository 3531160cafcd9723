"""Fixtures that several files share."""

import pytest


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; without one the tests that ask for it are skipped."""
    chromium = pytest.importorskip("chromium", reason="websocket-client is missing")
    path = chromium.find()
    if path is None:
        pytest.skip("there is no Chromium here; BOOK_CHROMIUM names one")
    opened = chromium.Browser(path)
    yield opened
    opened.close()
