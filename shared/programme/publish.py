"""Sends a checked programme to a running installation."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

from shared.programme.flags_file import FLAGS_FILE, SUPPORT_FILE
from shared.programme.form_source import read_sheets
from shared.programme.indicators_file import FILE as INDICATORS_FILE
from shared.programme.place import Report
from shared.programme.programme_file import FILE as PROGRAMME_FILE
from shared.programme.programme_file import read_frame, read_plans
from shared.programme.sites_file import FILE as SITES_FILE
from shared.programme.text_tables import write_csv_form
from shared.programme.yaml_source import read_yaml

PATH = "/api/intake/v1/programmes"
TIMEOUT_S = 30
_WORKBOOK = ".xlsx"


class PublishFailed(Exception):
    """The installation cannot be reached or refuses; the text says what and why."""


def publish(folder: Path, url: str, key: str) -> str:
    """Return the answer to publishing a checked folder, as JSON text. Raises PublishFailed."""
    connection, prefix = _connection(url)
    body = json.dumps({"files": folder_texts(folder)}, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", prefix + PATH, body, headers)
        answer = connection.getresponse()
        text = answer.read(1_000_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PublishFailed(f"{url} cannot be reached: {error}") from error
    finally:
        connection.close()
    if answer.status >= 300:
        raise PublishFailed(_refusal(answer.status, text))
    return text


def folder_texts(folder: Path) -> dict[str, str]:
    """Return a checked folder's files as texts; workbooks become CSV, and programme.yaml names them so."""
    report = Report()
    node = read_yaml((folder / PROGRAMME_FILE).read_bytes(), PROGRAMME_FILE, report)
    assert node is not None
    forms = [plan.file for plan in read_plans(read_frame(node, report)).values()]
    texts = [PROGRAMME_FILE, SITES_FILE, INDICATORS_FILE, FLAGS_FILE, SUPPORT_FILE, *forms]
    found = {file: (folder / file).read_text("utf-8-sig") for file in texts if not file.endswith(_WORKBOOK)}
    for attached in {path for file in forms for path in (folder / file).parent.glob("*.csv")}:
        name = attached.relative_to(folder).as_posix()
        if name not in texts and attached.is_file():
            found[name] = attached.read_text("utf-8-sig")
    for file in forms:
        if file.endswith(_WORKBOOK):
            sheets = read_sheets((folder / file).read_bytes(), file, report)
            name = file.removesuffix(_WORKBOOK) + ".csv"
            found[name] = write_csv_form([sheet for sheet in sheets if sheet.rows])
            found[PROGRAMME_FILE] = found[PROGRAMME_FILE].replace(file, name)
    return found


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
        return kind(parts.netloc, timeout=TIMEOUT_S), parts.path.rstrip("/")
    except (ValueError, KeyError, http.client.InvalidURL) as error:
        raise PublishFailed(f'"{url}" is not an address; write http://host:port.') from error


def _refusal(status: int, text: str) -> str:
    try:
        answer = json.loads(text)
        lines = [str(answer["message"])]
        lines += [f"{error.get('path', '')}: {error.get('message', '')}" for error in answer.get("errors") or ()]
    except (ValueError, KeyError, TypeError, AttributeError):
        lines = [text[:500]]
    return f"Refused with status {status}: " + "\n".join(lines)
