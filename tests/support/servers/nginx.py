"""A private nginx that runs the gateway's own configuration in front of upstreams on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.support.servers.process import CannotRun, ServerProcess, free_port, listens, start

GATEWAY = Path(__file__).parents[3] / "deploy" / "gateway"
_NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def launch(
    folder: Path, upstreams: Mapping[str, str], changes: Mapping[str, str] | None = None, trusted: str = ""
) -> tuple[ServerProcess, str]:
    """Start the gateway in front of these (`intake:8000` → `127.0.0.1:…`); return it and its address.

    `changes` are further texts to put in the place of others, `trusted` is TRUSTED_PROXIES. Raises CannotRun.
    """
    if not Path(_NGINX).exists():
        raise CannotRun("nginx is not installed (package nginx-light)")
    port = free_port()
    text = (GATEWAY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in {
        "/tmp/": f"{folder}/",  # first, for the paths below may lie there
        "listen 8080": f"listen 127.0.0.1:{port}",
        "root /srv": f"root {GATEWAY}",
        "/dev/stdout": f"{folder}/access.log",
        **{f"http://{name}": f"http://{address}" for name, address in upstreams.items()},
        **(changes or {}),
    }.items():
        if old not in text:
            raise AssertionError(f"the gateway's configuration no longer says {old!r}")
        text = text.replace(old, new)
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    own = "user root; " if os.geteuid() == 0 else ""  # else its workers are nobody, who may not write below folder
    command = [GATEWAY / "start", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", f"{own}daemon off;"]
    path = f"{Path(_NGINX).parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "TMPDIR": str(folder), "TRUSTED_PROXIES": trusted}
    log = folder / "nginx.log"
    server = start("nginx", list(map(str, command)), log=log, answers=lambda: listens(port), env=env, timeout_s=20)
    return server, f"http://127.0.0.1:{port}"
