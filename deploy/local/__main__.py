"""`python -m deploy.local [run|reset]`: the embedded deployment from one command."""

from __future__ import annotations

import sys

from deploy.local.config import read
from shared.errors import ConfigError
from shared.runtime.loops import stop_on_signals


def main(arguments: list[str]) -> int:
    """Run the command named (default `run`)."""
    name = arguments[0] if arguments else "run"
    if name not in ("run", "reset"):
        print("usage: python -m deploy.local [run|reset]")
        return 2
    try:
        settings = read()
    except ConfigError as error:
        print("These settings are wrong:\n  " + "\n  ".join(error.problems))
        return 2
    stop = stop_on_signals()
    if name == "run":
        print("Starting …", flush=True)
    # Loading the services takes a second or two, in which one can already be told to stop.
    from deploy.local import installation

    return installation.reset(settings) if name == "reset" else installation.run(settings, stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
