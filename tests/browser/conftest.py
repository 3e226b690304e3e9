"""Chromium, sites that it visits, and pages that must do nothing amiss while they are looked at."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsing import Visit, chromium, pages_of, visit
from playwright.sync_api import Browser, Page
from serving import Server, serve

from kb.paths import data_dir

Open = Callable[..., Page]
"""Opens an address of a site in a context of its own, and returns the page."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of these tests have their builds: the second finds that of the first."""
    return tmp_path_factory.mktemp("sites")


@pytest.fixture(scope="session")
def site(browser: Browser, builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The data that ships, with the texts of its articles where they are at hand; who needs them asks for ``texts``."""
    with serve(data_dir(), tmp_path_factory.mktemp("site"), "--out", str(builds)) as server:
        yield server


@pytest.fixture(scope="session")
def bare_site(browser: Browser, builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The data that ships, without the texts of its articles."""
    folder = tmp_path_factory.mktemp("bare-site")
    (folder / "no-texts").mkdir()
    with serve(data_dir(), folder, "--out", str(builds), "--sources", str(folder / "no-texts")) as server:
        yield server


@pytest.fixture(scope="session")
def pages(site: Server) -> dict[str, str]:
    """An address of every kind of page, by name."""
    return pages_of(site)


@pytest.fixture
def look(browser: Browser) -> Iterator[Open]:
    """Opens pages; at the end of the test, none of them has complained, asked elsewhere, or shown a dialog."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def open_page(site: Server, path: str, **options: object) -> Page:
            page, seen = stack.enter_context(visit(browser, site.address, **options))
            visits.append(seen)
            page.goto(path)
            return page

        yield open_page
        for seen in visits:
            assert seen.wrong == []
            assert seen.elsewhere == []
