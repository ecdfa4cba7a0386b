"""Fixtures of the browser tier: Chromium, visitors, the installation they visit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Visitor, chromium, visitor
from tests.support.embedded import embedded
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun

__all__ = ["Open", "browser", "embedded", "opened"]

Open = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(chromium())
        except CannotRun as reason:
            cannot_run(str(reason))
            return
        yield started


@pytest.fixture(scope="session")
def opened(browser: Browser) -> Open:
    """Open a browser of a person's own: `with opened(language="en", width=360) as visitor`."""
    return partial(visitor, browser)
