"""Someone with two KOReader devices and a token for the API."""

import time
from pathlib import Path
from typing import Any

import httpx2

from placekeeper.domain.account import Scope
from placekeeper.domain.ports import Ledger
from placekeeper.services.account_units import add_credential, new_account
from placekeeper.services.secrets import digest_of, hash_key, key_of, new_token
from placekeeper.storage.sqlite import SqliteStore
from tests.api.described import Described
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer

KEY_HASH = hash_key(md5("secret"))
"""The same for all: argon2 takes long."""


def make_account(data: Path) -> str:
    """Ann's account, beside the running server, as the commands make it; a token of hers."""
    token, now = new_token(), time.time_ns() // 1_000_000

    def unit(ledger: Ledger) -> None:
        account = new_account("ann", KEY_HASH, now)
        ledger.save_account(account)
        add_credential(ledger, account, "api", digest_of(key_of(token)), frozenset({Scope.ACCOUNT}), now)

    store = SqliteStore(data, now_ms=0, existing=True)
    try:
        store.run(unit)
    finally:
        store.close()
    return token


class Person:
    """An account, `kobo` and `kindle`, and `http` under `/api`, each of whose answers is held against the OpenAPI document."""

    def __init__(self, server: RunningServer) -> None:
        self.data, self.base = server.data, server.base
        token = make_account(server.data)
        self.kobo = KosyncClient(server.base, "ann", md5("secret"), device="Kobo", device_id="K1")
        self.kindle = self.kobo.on("Kindle", "K2")
        self.described = Described(server.base)
        self.http = httpx2.Client(
            base_url=server.base + "/api",
            headers={"authorization": f"Bearer {token}"},
            event_hooks={"response": [self.described.check]},
        )

    def __del__(self) -> None:
        self.http.close()

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def work(self) -> str:
        """The id of the work that was read last."""
        return self.get("/works")["works"][0]["id"]
