"""The command line: what it prints and how it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from shared.programme.__main__ import main
from shared.programme.loader import read_programme
from tests.support.programmes import ProgrammeFolder, markdown

Printed = pytest.CaptureFixture[str]


class Intake(HTTPServer):
    """Answers one way and remembers what it was sent."""

    status = 201
    answer = '{"programme": "minimal", "revision": 1}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, str | None, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Intake

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def intake() -> Iterator[Intake]:
    server = Intake()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> ProgrammeFolder:
    return ProgrammeFolder(tmp_path)


def test_check_counts_what_a_sound_programme_holds(folder: ProgrammeFolder, capsys: Printed) -> None:
    assert main(["check", str(folder.path)]) == 0

    counts = "1 forms, 1 indicators, 1 flags, 1 measures, 2 waves, 2 sites"
    assert capsys.readouterr().out == f"{folder.path}: ok: {counts}\n"


def test_check_prints_every_fault_with_its_place_and_fails(folder: ProgrammeFolder, capsys: Printed) -> None:
    folder.change("programme.yaml", "unit: site\n", "unit: house\n").change("sites.csv", "suedtal,", "nordstadt,")

    assert main(["check", str(folder.path)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{folder.path}/programme.yaml:5:7: `unit` cannot be")
    assert lines[1].startswith(f"{folder.path}/sites.csv: row 3, column code (A3): The site code")


def test_one_faulty_folder_among_several_fails_the_check(folder: ProgrammeFolder, tmp_path: Path) -> None:
    assert main(["check", str(folder.path), str(tmp_path / "nowhere")]) == 1


def test_check_takes_single_forms_too(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "form.md"
    path.write_bytes(markdown("integer | a | A | A"))

    assert main(["check", str(path)]) == 0

    out = capsys.readouterr().out
    assert f'{tmp_path}/form.md:6:5: notice: No question uses the list "yes_no".' in out
    assert "form.md: ok: 1 questions, 1 choice lists" in out


def test_check_names_a_faulty_form(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "form.md"
    path.write_bytes(markdown("integr | a | A | A"))

    assert main(["check", str(path)]) == 1

    assert f"{tmp_path}/form.md:3:5: There is no type" in capsys.readouterr().out


def test_convert_prints_the_xform(folder: ProgrammeFolder, capsys: Printed) -> None:
    assert main(["convert", str(folder.path), "--to", "xform", "small_report"]) == 0

    assert '<data id="small_report" version="2026112201">' in capsys.readouterr().out


def test_convert_of_an_unknown_form_names_the_known_ones(folder: ProgrammeFolder, capsys: Printed) -> None:
    assert main(["convert", str(folder.path), "--to", "xform", "large_report"]) == 1

    assert "small_report" in capsys.readouterr().err


def test_publish_sends_the_whole_definition(folder: ProgrammeFolder, intake: Intake, capsys: Printed) -> None:
    assert main(["publish", str(folder.path), "--url", intake.url, "--key", "k1"]) == 0

    ((path, key, body),) = intake.received
    assert (path, key) == ("/api/intake/v1/programmes", "Bearer k1")
    assert body["files"] == {
        file: (folder.path / file).read_text(encoding="utf-8")
        for file in (
            "programme.yaml",
            "sites.csv",
            "indicators.yaml",
            "flags.yaml",
            "support.yaml",
            "forms/small_report.md",
        )
    }
    assert '"revision": 1' in capsys.readouterr().out


def test_publish_sends_workbooks_as_tables_that_mean_the_same(tmp_path: Path, intake: Intake) -> None:
    folder = ProgrammeFolder(tmp_path, "workbook")

    assert main(["publish", str(folder.path), "--url", f"{intake.url}/", "--key", "k1"]) == 0

    ((_, _, body),) = intake.received
    for file, text in body["files"].items():
        path = tmp_path / "received" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert read_programme(tmp_path / "received") == read_programme(folder.path)


def test_publish_sends_nothing_that_is_faulty(folder: ProgrammeFolder, intake: Intake, capsys: Printed) -> None:
    folder.change("programme.yaml", "unit: site\n", "unit: house\n")

    assert main(["publish", str(folder.path), "--url", intake.url, "--key", "k1"]) == 1

    assert intake.received == []
    assert f"{folder.path}/programme.yaml:5:7" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (
            '{"message": "Known.", "errors": [{"path": "version", "message": "Raise it."}]}',
            "Known.\nversion: Raise it.",
        ),
        ('{"message": "Known."}', "Known."),
        ("Bad gateway", "Bad gateway"),
    ],
)
def test_publish_says_why_it_was_refused(
    folder: ProgrammeFolder, intake: Intake, capsys: Printed, answer: str, printed: str
) -> None:
    intake.status, intake.answer = 409, answer

    assert main(["publish", str(folder.path), "--url", intake.url, "--key", "k1"]) == 1

    assert capsys.readouterr().err == f"Refused with status 409: {printed}\n"


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://localhost", "http://127.0.0.1:1", "http://[::1", "http://x:y"]
)
def test_publish_says_when_nobody_answers(folder: ProgrammeFolder, capsys: Printed, url: str) -> None:
    assert main(["publish", str(folder.path), "--url", url, "--key", "k1"]) == 1

    assert url in capsys.readouterr().err
