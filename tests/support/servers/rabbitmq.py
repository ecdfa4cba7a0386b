"""A private RabbitMQ from the distribution's package: random ports, own folder, killed and restarted at will."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers.process import CannotRun, ServerProcess, free_port, listens, need, start

_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


@dataclass
class RabbitMQ:
    """A broker and how to start it again with the same data."""

    url: str
    port: int
    folder: Path
    env: dict[str, str]
    epmd: ServerProcess
    server: ServerProcess

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self.server.kill()

    def restart(self) -> None:
        """Start it again after `kill`."""
        self.server = _serve(self.folder, self.port, self.env)

    def stop(self) -> None:
        """End it for good."""
        self.server.kill()
        self.epmd.kill()


def launch(folder: Path) -> RabbitMQ:
    """Start a broker that keeps everything in `folder`; raises CannotRun with the reason if it cannot."""
    if not _SERVER.exists():
        raise CannotRun("RabbitMQ is not installed (package rabbitmq-server); TEST_AMQP_URL can name a running one")
    need("epmd", "erl")
    port, epmd_port = free_port(), free_port()
    env = _environment(folder, port, epmd_port)
    (folder / "enabled_plugins").write_text("[].")
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{port}\n")
    epmd = start(
        "epmd",
        ["epmd", "-address", "127.0.0.1", "-port", str(epmd_port)],
        log=folder / "epmd.log",
        answers=lambda: listens(epmd_port),
        timeout_s=10,
    )
    try:
        server = _serve(folder, port, env)
    except CannotRun:
        epmd.kill()
        raise
    return RabbitMQ(f"amqp://guest:guest@127.0.0.1:{port}//", port, folder, env, epmd, server)


def _serve(folder: Path, port: int, env: dict[str, str]) -> ServerProcess:
    return start(
        "rabbitmq",
        [str(_SERVER)],
        log=folder / "server.log",
        answers=lambda: _speaks_amqp(port),
        env=env,
        timeout_s=120,
    )


def _environment(folder: Path, port: int, epmd_port: int) -> dict[str, str]:
    quiet = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "RUNNING_UNDER_SYSTEMD": "1",  # makes the start script become the server, so that its id is the server's
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": quiet,
    }


def _speaks_amqp(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            probe.sendall(b"AMQP\x00\x00\x09\x01")
            probe.settimeout(2)
            return probe.recv(1) == b"\x01"
    except OSError:
        return False
