"""Fixtures every tier may use."""

from __future__ import annotations

pytest_plugins = ["tests.support.servers.fixtures", "tests.support.servers.bus_fixtures"]
