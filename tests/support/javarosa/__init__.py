"""JavaRosa, the engine inside ODK Collect: fills forms in. pyxform brings it along, in ODK Validate."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyxform

from tests.support.servers import process

_SOURCE = Path(__file__).with_name("Device.java")
_JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"


class RuleBroken(Exception):
    """The form's own rules do not hold for these answers; the text names the question."""


@dataclass(frozen=True)
class Device:
    """A device that works offline: it only fills forms in."""

    classes: Path

    def fill(self, form: bytes, answers: Mapping[str, str]) -> bytes:
        """Return the filled form as it would be sent. Raises RuleBroken, and RuntimeError for a form it cannot load."""
        path = self.classes / f"{hashlib.sha256(form).hexdigest()[:12]}.xml"
        path.write_bytes(form)
        given = "".join(f"{name}={value}\n" for name, value in answers.items())
        command = ["java", "-Xmx256m", "-cp", f"{_JAR}:{self.classes}", "Device", str(path)]
        done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=120, check=False)
        said = done.stderr.decode(errors="replace")
        if done.returncode == 1 and said.startswith("rule broken"):
            raise RuleBroken(said)
        if done.returncode != 0:
            raise RuntimeError(said[-2000:])
        return done.stdout


def build(folder: Path) -> Device:
    """Compile the device into this folder. Raises CannotRun."""
    process.need("java", "javac")
    process.build(["javac", "-nowarn", "-cp", str(_JAR), "-d", str(folder), str(_SOURCE)], cwd=folder)
    return Device(folder)
