"""Respondents in a process of their own: `python -m bench.respondents SPEC` (JSON), prints POST latencies (JSON).

Each opens a page, thinks, fills it in, sends it and goes where the answer points; at the end a new one begins.
"""

from __future__ import annotations

import html
import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'name="(shown|carried)" value="([^"]*)"')


@dataclass(frozen=True)
class Spec:
    """Where to begin (`start`: a POST there leads to the first page) and what to answer; times in seconds."""

    port: int
    start: str
    answers: Mapping[str, list[str]]
    seconds: float
    respondents: int = 64
    think_s: tuple[float, float] = (0.5, 1.5)


@dataclass
class Seen:
    """Latencies of page POSTs in milliseconds, and how often something else than a page or a redirect came back."""

    latencies_ms: list[float] = field(default_factory=list)
    failures: int = 0


class Respondent:
    """One person with one connection."""

    def __init__(self, spec: Spec, chance: random.Random, until: float) -> None:
        self._spec, self._chance, self._until = spec, chance, until
        self._connection = http.client.HTTPConnection("127.0.0.1", spec.port, timeout=30)
        self.seen = Seen()

    def run(self) -> None:
        """Answer until the time is over."""
        time.sleep(self._chance.uniform(0, self._spec.think_s[1]))
        while time.monotonic() < self._until:
            place = self._ask("POST", self._spec.start, {})[1]
            while place and time.monotonic() < self._until:
                place = self._page(place)
        self._connection.close()

    def _page(self, place: str) -> str:
        """Fill in one page; return where it leads, empty when the questionnaire is done."""
        status, _, page = self._ask("GET", place, {})
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
        if status != 200 or "shown" not in hidden:
            return ""
        time.sleep(self._chance.uniform(*self._spec.think_s))
        given = {name: self._spec.answers.get(name, []) for name in hidden["shown"].split()}
        asked = time.perf_counter()
        status, leads, _ = self._ask("POST", place, {**given, **hidden})
        self.seen.latencies_ms.append((time.perf_counter() - asked) * 1000)
        self.seen.failures += status not in (200, 303)
        return leads

    def _ask(self, method: str, place: str, form: Mapping[str, object]) -> tuple[int, str, str]:
        headers = {"Accept-Language": "en", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self._connection.request(method, place, urlencode(form, doseq=True) if method == "POST" else None, headers)
            answer = self._connection.getresponse()
            content = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self.seen.failures += 1
            return 0, "", ""
        leads = urlsplit(answer.headers.get("Location", ""))
        return answer.status, leads.path + (f"?{leads.query}" if leads.query else ""), content


def answer(spec: Spec) -> Seen:
    """Let everybody answer at once."""
    until = time.monotonic() + spec.seconds
    people = [Respondent(spec, random.Random(number), until) for number in range(spec.respondents)]
    threads = [threading.Thread(target=person.run) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latencies = [one for person in people for one in person.seen.latencies_ms]
    return Seen(latencies, sum(person.seen.failures for person in people))


def answered(spec: Spec) -> Seen:
    """Let them answer from another process; return what they saw."""
    command = [sys.executable, "-m", "bench.respondents", json.dumps(asdict(spec))]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[1])
    return Seen(**json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(answer(Spec(**json.loads(sys.argv[1]))))))
