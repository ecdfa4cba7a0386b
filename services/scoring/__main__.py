"""`python -m services.scoring web | work | migrate | rescore [PROGRAMME] | explain EPISODE`."""

from __future__ import annotations

import argparse
import json
import sys

from services.scoring.app import SERVICE, Scoring, build
from services.scoring.config import ScoringSettings
from services.scoring.worker import work
from shared.runtime.commands import run_command, serve
from shared.runtime.loops import stop_on_signals


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = it failed, 2 = settings are wrong."""
    options = _parser().parse_args(argv)
    return run_command(ScoringSettings, SERVICE, lambda settings: _run(options, build(settings)))


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
            serve(SERVICE)
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
