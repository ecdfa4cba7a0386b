"""A client that speaks OpenRosa as ODK Collect does, and is as strict: what Collect would not take raises Refusal."""

from __future__ import annotations

import hashlib
import http.client
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
XFORMS = "{http://www.w3.org/2002/xforms}"
MOST_PARTS = 100


class Refusal(Exception):
    """What Collect would show instead of going on."""


@dataclass(frozen=True)
class Reply:
    """An answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Listed:
    """One form of the list."""

    form_id: str
    name: str
    version: str | None
    hash: str | None
    download_url: str
    manifest_url: str | None
    description: str | None


@dataclass
class Collect:
    """A device with this server URL; `accept_language` is what most devices send: nothing."""

    server_url: str
    chunked: bool = False
    accept_language: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, method: str, url: str, body: bytes | None = None, content_type: str = "") -> Reply:
        """Send one request with the headers Collect sends; every answer must show that it is OpenRosa."""
        parts = urlsplit(url)
        headers = {"X-OpenRosa-Version": "1.0", "Date": "Mon, 02 Nov 2026 03:04:05 GMT", "User-Agent": "collect/v2026"}
        if content_type:
            headers["Content-Type"] = content_type
        if self.accept_language:
            headers["Accept-Language"] = self.accept_language
        sent: bytes | Iterator[bytes] | None = body
        if self.chunked and body is not None:
            headers["Transfer-Encoding"] = "chunked"
            sent = (body[start : start + 1000] for start in range(0, len(body), 1000))
        query = f"{parts.query}&" if parts.query else ""
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            path = f"{parts.path}?{query}deviceID=collect%3A1"
            connection.request(method, path, sent, headers, encode_chunked=self.chunked)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        self.requests.append((method, parts.path))
        if reply.headers.get("X-OpenRosa-Version") != "1.0":
            raise Refusal(f"{url} is not OpenRosa")
        if not reply.headers.get("Date") or not int(reply.headers["X-OpenRosa-Accept-Content-Length"]):
            raise Refusal(f"{url} lacks headers of OpenRosa")
        return reply

    def forms(self, query: str = "") -> list[Listed]:
        """Get the list of forms; one bad entry spoils it all."""
        root = self._document(f"{self.server_url.rstrip('/')}/formList{query}", f"{LIST}xforms")
        return [_listed(entry) for entry in root]

    def download(self, listed: Listed) -> bytes:
        """Get a form (it must be what its hash says) and its manifest."""
        reply = self.ask("GET", listed.download_url)
        if reply.status != 200:
            raise Refusal(f"{listed.download_url}: {reply.status}")
        if listed.hash != "md5:" + hashlib.md5(reply.body).hexdigest():
            raise Refusal("the form is not the one that was listed")
        if listed.manifest_url:
            for file in self._document(listed.manifest_url, f"{MANIFEST}manifest"):
                if any(not file.findtext(f"{MANIFEST}{name}") for name in ("filename", "hash", "downloadUrl")):
                    raise Refusal("a media file lacks its name, hash or address")
        return reply.body

    def send(self, xml: bytes, files: Mapping[str, bytes] | None = None) -> str:
        """Send a filled form, split as the server's limit demands; return what is shown to the person."""
        url = f"{self.server_url.rstrip('/')}/submission"
        ready = self.ask("HEAD", url)
        if ready.status != 204:
            raise Refusal(f"is {url} an OpenRosa endpoint? {ready.status}")
        limit = int(ready.headers["X-OpenRosa-Accept-Content-Length"])
        said = ""
        batches = list(_batches(files or {}, limit - len(xml)))
        for number, batch in enumerate(batches, start=1):
            body, content_type = multipart(xml, batch, incomplete=number < len(batches))
            said = _success(self.ask("POST", url, body, content_type))
        return said

    def _document(self, url: str, root_tag: str) -> ElementTree.Element:
        reply = self.ask("GET", url)
        if reply.status != 200:
            raise Refusal(f"{url}: {reply.status}")
        if "text/xml" not in reply.headers.get("Content-Type", ""):
            raise Refusal(f"{url} is no XML")
        root = ElementTree.fromstring(reply.body)
        if root.tag != root_tag:
            raise Refusal(f"{url}: unexpected {root.tag}")
        return root


def _listed(entry: ElementTree.Element) -> Listed:
    if entry.tag != f"{LIST}xform":
        raise Refusal(f"unexpected {entry.tag}")
    found = {part.tag.removeprefix(LIST): (part.text or "").strip() for part in entry}
    if not all(found.get(name) for name in ("formID", "name", "downloadUrl")) or found.get("hash") == "":
        raise Refusal(f"the list has a bad entry: {found}")
    if not urlsplit(found["downloadUrl"]).netloc:
        raise Refusal("the address of a form is not absolute")
    names = ("formID", "name", "version", "hash", "downloadUrl", "manifestUrl", "descriptionText")
    return Listed(*(found.get(name) for name in names))  # type: ignore[arg-type]


def _batches(files: Mapping[str, bytes], room: int) -> Iterator[dict[str, bytes]]:
    batch: dict[str, bytes] = {}
    for name, content in files.items():
        if batch and (sum(map(len, batch.values())) + len(content) > room or len(batch) + 2 > MOST_PARTS):
            yield batch
            batch = {}
        batch[name] = content
    yield batch


def _success(reply: Reply) -> str:
    if reply.status not in (201, 202):
        raise Refusal(f"{reply.status}: {message(reply, 'error')}")
    return message(reply, "submit_success")


def message(reply: Reply, nature: str) -> str:
    """Return the sentence of an OpenRosaResponse of this nature."""
    root = ElementTree.fromstring(reply.body)
    found = root.find(f"{RESPONSE}message")
    if root.tag != f"{RESPONSE}OpenRosaResponse" or found is None or found.get("nature") != nature or not found.text:
        raise Refusal(f"not an OpenRosaResponse of nature {nature}: {reply.body[:200]!r}")
    return found.text


def multipart(xml: bytes, files: Mapping[str, bytes], *, incomplete: bool = False, times: int = 1) -> tuple[bytes, str]:
    """Return body and content type of a submission; `times` the XML is in it."""
    boundary = uuid.uuid4().hex
    parts = [("xml_submission_file", "filled.xml", "text/xml", xml)] * times
    parts += [(name, name, "application/octet-stream", content) for name, content in files.items()]
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, file, kind, content in parts
    ]
    if incomplete:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'
        lines.append(head.encode())
    return b"".join([*lines, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def fill(
    blank: bytes, answers: Mapping[str, str], *, hidden: tuple[str, ...] = (), instance: str = "", replaces: str = ""
) -> bytes:
    """Fill a downloaded form in: answers as ODK writes them, what is `hidden` (questions or groups) left out."""
    first = ElementTree.fromstring(blank).find(f".//{XFORMS}instance")
    assert first is not None
    (root,) = first
    for element in root.iter():
        element.tag = element.tag.removeprefix(XFORMS)
    left_out = [(parent, child) for parent in root.iter() for child in parent if child.tag in hidden]
    for parent, child in left_out:
        parent.remove(child)
    found = {element.tag: element for element in root.iter()}
    for name in answers.keys() - set(hidden):
        found[name].text = answers[name]
    found["instanceID"].text = instance or f"uuid:{uuid.uuid4()}"
    if replaces:
        ElementTree.SubElement(found["meta"], "deprecatedID").text = replaces
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
