"""Settings: all problems at once, secrets from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.config import read
from shared.errors import ConfigError
from shared.runtime.settings import CommonSettings, documented, load, setting

GOOD = {"MONGODB_URI": "mongodb://x", "AMQP_URL": "amqp://x", "SECRET_KEY": "k" * 32, "PUBLIC_URL": "http://x"}


@dataclass(frozen=True, kw_only=True)
class Sample(CommonSettings):
    batch: int = setting("BATCH", "How many at once", default=3)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load(Sample, {"SECRET_KEY": "short", "BATCH": "many", "SECURE_COOKIES": "yes"})

    told = "\n".join(caught.value.problems)
    for name in ("MONGODB_URI", "AMQP_URL", "SECRET_KEY", "PUBLIC_URL", "BATCH", "SECURE_COOKIES"):
        assert name in told


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 40 + "\n")
    environment = {k: v for k, v in GOOD.items() if k != "SECRET_KEY"} | {"SECRET_KEY_FILE": str(file)}

    assert load(Sample, environment).secret_key == "f" * 40
    with pytest.raises(ConfigError, match="both set"):
        load(Sample, GOOD | {"SECRET_KEY_FILE": str(file)})


def test_values_are_typed_and_defaults_documented() -> None:
    settings = load(Sample, GOOD | {"BATCH": "7", "SECURE_COOKIES": "false"})

    assert (settings.batch, settings.secure_cookies) == (7, False)
    assert "| `BATCH` | `3` | How many at once |" in documented(Sample)


@pytest.mark.parametrize("port", ["0", "-1", "65535", "99999", "abc", "", "80.5"])
def test_a_number_out_of_its_range_is_refused_with_the_range(port: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read({"PEILUNG_PORT": port})

    assert caught.value.problems == [f"PEILUNG_PORT must be a whole number from 1 to 65534, not {port!r}"]
    assert read({"PEILUNG_PORT": "65534"}).port == 65534
