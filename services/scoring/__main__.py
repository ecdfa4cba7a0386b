"""`python -m services.scoring web | work | migrate | rescore [PROGRAMME] | explain EPISODE`."""

from __future__ import annotations

import argparse
import json
import os
import sys

from services.scoring.app import SERVICE, Scoring, build
from services.scoring.config import ScoringSettings
from services.scoring.worker import work
from shared.errors import ConfigError, NotFound
from shared.runtime import logs
from shared.runtime.loops import stop_on_signals
from shared.runtime.settings import load


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = it failed, 2 = settings are wrong."""
    options = _parser().parse_args(argv)
    try:
        settings = load(ScoringSettings, os.environ)
        logs.configure(SERVICE, settings.log_level)
        return _run(options, build(settings))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except NotFound as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.scoring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("web", help="serve pages and API")
    commands.add_parser("work", help="consume events and compute values and flags")
    commands.add_parser("migrate", help="create collections and indexes")
    rescore = commands.add_parser("rescore", help="compute everything again; sends no alerts")
    rescore.add_argument("programme", nargs="?", help="only this programme")
    explain = commands.add_parser("explain", help="compute a flag again from the answers and compare")
    explain.add_argument("episode")
    return parser


def _run(options: argparse.Namespace, scoring: Scoring) -> int:
    match options.command:
        case "web":
            port = os.environ.get("PORT", "8000")
            os.execvp("gunicorn", ["gunicorn", "-b", f"127.0.0.1:{port}", "services.scoring.wsgi:app"])  # noqa: S606, S607
        case "work":
            work(scoring, stop_on_signals())
        case "migrate":
            print("\n".join(scoring.migrate()) or "nothing to do")
        case "rescore":
            wanted = [options.programme] if options.programme else [one.id for one in scoring.registry.programmes()]
            print(f"{sum(scoring.rescore(one) for one in wanted)} cells marked")
        case "explain":
            return explain(scoring, options.episode)
    return 0


def explain(scoring: Scoring, episode_id: str) -> int:
    """Print an explanation computed again from the answers; 1 if it differs from what is stored."""
    again = scoring.explaining.again(episode_id)
    print(json.dumps(again.computed, ensure_ascii=False, indent=2, sort_keys=True))
    if again.same:
        print("The stored explanation is the same, byte for byte.")
        return 0
    print("The stored explanation differs:", file=sys.stderr)
    print(json.dumps(again.stored, ensure_ascii=False, indent=2, sort_keys=True), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
