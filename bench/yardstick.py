"""The yardstick: bare Flask and one durable insert into the same kind of store, nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

Insert = Callable[[str, Mapping[str, Any]], None]


def create() -> Flask:
    """Build the app from YARDSTICK_STORE; what gunicorn calls."""
    app = Flask("yardstick")
    insert = inserter(os.environ["YARDSTICK_STORE"])

    @app.post("/submissions")
    def submissions() -> tuple[dict[str, str], int]:
        body = request.get_json()
        insert(body["instance_id"], body)
        return {"instance_id": body["instance_id"]}, 201

    @app.get("/page")
    def page() -> str:
        return '<form method="post"><input type="hidden" name="shown" value="proofs_due"></form>'

    @app.post("/page")
    def send_page() -> ResponseReturnValue:
        if request.form:
            insert(os.urandom(12).hex(), request.form)
        return redirect("/page", 303)

    @app.get("/readyz")
    def readyz() -> str:
        return "ready"

    return app


def inserter(url: str) -> Insert:
    """Return a function that keeps one document and returns when it is on disk."""
    return _sqlite(urlsplit(url).path) if url.startswith("sqlite:") else _mongodb(url)


def _sqlite(path: str) -> Insert:
    local = threading.local()

    def insert(id_: str, document: Mapping[str, Any]) -> None:
        connection = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, body TEXT)")
        connection.execute("INSERT INTO documents VALUES (?, ?)", (id_, json.dumps(document)))

    return insert


def _mongodb(url: str) -> Insert:
    from pymongo import MongoClient  # noqa: TID251 - the yardstick is what one would write without Peilung

    documents: Any = MongoClient(url, w="majority", journal=True).get_default_database()["documents"]

    def insert(id_: str, document: Mapping[str, Any]) -> None:
        documents.insert_one({"_id": id_, "body": dict(document)})

    return insert
