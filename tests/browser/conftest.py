"""A real Chromium for the tests in this folder.

Playwright's synchronous face keeps an event loop running in the main thread, where pytest-asyncio then cannot start
its own; so it is the asynchronous face, and all of this folder runs on one loop, the session's. An async fixture made
here says so too: `@pytest_asyncio.fixture(loop_scope="session")`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.six_weeks import SixWeeks, live_six_weeks, open_six_weeks

HERE = Path(__file__).parent
REQUIRED = os.environ.get("MILEPOST_BROWSER_TESTS") == "required"

# No sandbox: it needs a user namespace, which root and containers lack. The rest keeps Chromium off the network.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # An async fixture's loop is its own affair; a test's is set here, before the mode "auto" looks.
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "no chromium, chromium-browser or google-chrome on the PATH"
    if REQUIRED:
        pytest.fail(f"MILEPOST_BROWSER_TESTS=required, but {reason}")
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser process for all tests of a session."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser that knows nobody yet: no cookies, nothing stored. A second person is `await browser.new_context()`."""
    context = await browser.new_context(locale="en-US", timezone_id="America/Los_Angeles")
    context.set_default_timeout(10_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return await context.new_page()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script, for `page.add_script_tag(content=axe)`."""
    return (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of `six_weeks`, to be copied: the processes that share the tests share it."""
    mine = tmp_path_factory.getbasetemp()
    return live_six_weeks(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine)


@pytest_asyncio.fixture(loop_scope="session")
async def weeks(lived: Path, tmp_path: Path) -> AsyncIterator[SixWeeks]:
    """An office after six weeks, for tests with `pytest.mark.timeout(300)`: the first one waits until they are over."""
    async with open_six_weeks(Path(shutil.copy(lived, tmp_path))) as weeks:
        yield weeks


@pytest_asyncio.fixture(loop_scope="session", params=[360, 1280])
async def desk(request: pytest.FixtureRequest, browser: Browser, weeks: SixWeeks) -> AsyncIterator[Page]:
    """A tab on the pages, in a phone's width and in a desk's."""
    context = await browser.new_context(
        base_url=weeks.url, viewport={"width": request.param, "height": 850}, locale="en-US"
    )
    context.set_default_timeout(10_000)
    yield await context.new_page()
    await context.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go: `--basetemp` keeps them."""
    folder = tmp_path / "shots"
    folder.mkdir()
    return folder
