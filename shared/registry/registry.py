"""The registry: keeps the newest state of every published thing, and hands out read models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from shared.errors import unknown
from shared.events import Event
from shared.programme.json_form import programme_from_json
from shared.programme.model import Programme
from shared.registry.accounts import Account, account_from
from shared.registry.roll import Roll
from shared.store.port import CollectionSpec, Document, Index, Store

PROGRAMMES = CollectionSpec("registry_programmes")
DEFINITIONS = CollectionSpec("registry_definitions")
SITES = CollectionSpec("registry_sites", (Index("programme", ("programme",)),))
WAVES = CollectionSpec("registry_waves", (Index("programme", ("programme",)),))
ACCOUNTS = CollectionSpec("registry_accounts")
KEYS = CollectionSpec("registry_keys")
HEADS = CollectionSpec("registry_heads")
COLLECTIONS = (PROGRAMMES, DEFINITIONS, SITES, WAVES, ACCOUNTS, KEYS, HEADS)


class Registry:
    """This service's copy of programmes, sites, waves and accounts.

    Handlers are idempotent: the highest revision wins. A definition is parsed once per revision.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: dict[str, tuple[int, Programme]] = {}
        self._lock = threading.Lock()
        self._people = Roll(store.collection(HEADS.name), store.collection(ACCOUNTS.name))

    def handlers(self) -> Mapping[str, Callable[[Event], None]]:
        """Return a handler per event name this registry keeps."""
        return {
            "programme.published": self._on_programme,
            "site.changed": lambda e: self._keep(SITES, e, e.data["programme"], e.data["site"]),
            "wave.opened": lambda e: self._keep(WAVES, e, e.data["programme"], e.data["wave"]),
            "wave.closed": lambda e: self._keep(WAVES, e, e.data["programme"], e.data["wave"]),
            "account.changed": self._on_account,
        }

    def programmes(self) -> list[Programme]:
        """Return every known programme, by id."""
        return [self._parsed(document) for document in self._store.collection(PROGRAMMES.name).find({})]

    def programme(self, id_: str) -> Programme:
        """Return the newest version of a programme. Raises NotFound."""
        return self._parsed(self._document(PROGRAMMES, id_, "programme", id_))

    def revision(self, id_: str) -> int:
        """Return the revision of the programme's newest version. Raises NotFound."""
        return int(self._document(PROGRAMMES, id_, "programme", id_)["revision"])

    def site(self, programme: str, code: str) -> Document:
        """Return a site (`site`, `name`, `features`, `timezone`, …). Raises NotFound."""
        return self._document(SITES, f"{programme}/{code}", "site", code)

    def sites(self, programme: str) -> list[Document]:
        """Return the active sites of a programme, by code."""
        found = self._store.collection(SITES.name).find({"programme": programme})
        return [site for site in found if site.get("active", True)]

    def wave(self, programme: str, code: str) -> Document:
        """Return a wave that has opened or closed. Raises NotFound."""
        return self._document(WAVES, f"{programme}/{code}", "wave", code)

    def waves(self, programme: str) -> list[Document]:
        """Return the waves that have opened or closed, in order of time."""
        found = self._store.collection(WAVES.name).find({"programme": programme})
        return sorted(found, key=lambda wave: int(wave["sequence"]))

    def account(self, id_: str) -> Account | None:
        """Return an account, active or not; None if unknown."""
        document = self._store.collection(ACCOUNTS.name).get(id_)
        return None if document is None else account_from(document)

    def account_by_key(self, sha256: str) -> Account | None:
        """Return the active account an API key's hash belongs to, or None."""
        key = self._store.collection(KEYS.name).get(sha256)
        account = None if key is None else self.account(key["account"])
        if key is None or account is None or not account.active:
            return None
        known = self._store.collection(ACCOUNTS.name).get(account.id) or {}
        return account if sha256 in known.get("api_key_sha256", ()) else None

    def accounts_for(self, programme: str, site: str | None, role: str) -> list[Account]:
        """Return the active accounts that hold the role for this site (None = anywhere in it), by id.

        As the handlers were told; an account written past them is seen with the next one they keep.
        """
        return [account for account in self._people.everyone() if account.may(role, programme, site)]

    def _document(self, spec: CollectionSpec, id_: str, what: str, key: str) -> Document:
        document = self._store.collection(spec.name).get(id_)
        if document is None:
            raise unknown(what, key)
        return document

    def _keep(self, spec: CollectionSpec, event: Event, *key: str) -> None:
        self._store.collection(spec.name).put_if_newer({**event.data, "_id": "/".join(key)})

    def _on_programme(self, event: Event) -> None:
        programme, revision = event.data["programme"], event.data["revision"]
        self._store.collection(DEFINITIONS.name).put_if_newer(
            {"_id": f"{programme}/{revision}", "revision": revision, "definition": event.data["definition"]}
        )
        head = {"_id": programme, "revision": revision, "version": event.data["version"]}
        self._store.collection(PROGRAMMES.name).put_if_newer(head)

    def _on_account(self, event: Event) -> None:
        for sha256 in event.data.get("api_key_sha256", ()):
            revision = event.data["revision"]
            key = {"_id": sha256, "account": event.data["account"], "revision": revision}
            self._store.collection(KEYS.name).put_if_newer(key)
        self._keep(ACCOUNTS, event, event.data["account"])
        self._people.moved_on()

    def _parsed(self, document: Document) -> Programme:
        with self._lock:
            cached = self._cache.get(document["_id"])
            if cached is None or cached[0] != document["revision"]:
                key = f"{document['_id']}/{document['revision']}"
                stored = self._document(DEFINITIONS, key, "definition", key)
                cached = (int(document["revision"]), programme_from_json(stored["definition"]))
                self._cache[document["_id"]] = cached
            return cached[1]
