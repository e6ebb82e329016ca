"""Someone with two KOReader devices and a token for the API."""

from typing import Any

import httpx2

from tests.api.described import Described
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command


class Person:
    """An account, `kobo` and `kindle`, and `http` under `/api`, each of whose answers is held against the OpenAPI document."""

    def __init__(self, server: RunningServer) -> None:
        self.data, self.base = server.data, server.base
        command("user", "add", "ann", "--password-stdin", data=server.data, stdin="secret\n")
        token = command("user", "token", "ann", "--name", "api", "--scope", "account", data=server.data).stdout.strip()
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
