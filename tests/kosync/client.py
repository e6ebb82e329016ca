"""A client that speaks KOSync's verbs. Each checks the status it expects, for a test should read as a story."""

import hashlib
import itertools
import secrets
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2

ACCEPT = "application/vnd.koreader.v1+json"
_numbers = itertools.count(1)
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used, but the library would make one for each client, and that is slow."""


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def fresh(word: str) -> str:
    """A word that nobody used before."""
    return f"{word}{next(_numbers)}x{secrets.token_hex(4)}"


def segment(document: str) -> str:
    """A document as one segment of a path. Dots alone would be taken for a step up."""
    encoded = quote(document, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


class KosyncClient:
    """One device's client: `device` and `device_id` go with each push. `address`: where a trusted proxy says it comes from."""

    def __init__(
        self,
        base: str,
        user: str,
        key: str,
        *,
        device: str = "Kobo",
        device_id: str | None = None,
        mount: str = "/kosync",
        address: str | None = None,
    ) -> None:
        self.base, self.mount, self.address = base, mount, address
        self.http = httpx2.Client(base_url=base + mount, timeout=20, verify=_TLS, trust_env=False)
        self.user, self.key, self.device, self.device_id = user, key, device, device_id

    def __del__(self) -> None:
        self.http.close()

    def send(self, method: str, path: str, *, headers: Mapping[str, str | None] | None = None, **body: Any) -> httpx2.Response:
        """One request with this client's credentials, answered as it may be. A header that is None is left out."""
        usual = {"accept": ACCEPT, "x-auth-user": self.user, "x-auth-key": self.key, "x-forwarded-for": self.address}
        sent = {name.encode(): value.encode() for name, value in (usual | dict(headers or {})).items() if value is not None}
        return self.http.request(method, self.base + self.mount + path, headers=sent, **body)

    def call(self, method: str, path: str, *, check: int, headers: Mapping[str, str | None] | None = None, **body: Any) -> Any:
        """One request with this client's credentials; the JSON of the answer."""
        answer = self.send(method, path, headers=headers, **body)

        assert check == answer.status_code, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    def register(self, *, check: int = 201) -> Any:
        return self.call("POST", "/users/create", json={"username": self.user, "password": self.key}, check=check)

    def authorize(self, *, check: int = 200) -> Any:
        return self.call("GET", "/users/auth", check=check)

    def push(self, document: str, progress: str, percentage: float, *, check: int = 200, **more: Any) -> Any:
        body = {"document": document, "progress": progress, "percentage": percentage, "device": self.device} | more
        if self.device_id is not None:
            body.setdefault("device_id", self.device_id)
        return self.call("PUT", "/syncs/progress", json=body, check=check)

    def pull(self, document: str, *, check: int = 200, ids: str | None = None) -> Any:
        params = {} if ids is None else {"ids": ids}
        return self.call("GET", f"/syncs/progress/{segment(document)}", params=params, check=check)

    def delete(self, *, check: int = 200) -> Any:
        return self.call("DELETE", "/users/me", check=check)

    def change_key(self, key: Any, *, check: int = 200) -> Any:
        return self.call("PUT", "/users/password", json={"password": key}, check=check)

    def on(self, device: str, device_id: str | None = None) -> "KosyncClient":
        """The same account on another device."""
        return self.who(self.user, self.key, device=device, device_id=device_id)

    def who(self, user: str, key: str, *, device: str = "Kobo", device_id: str | None = None) -> "KosyncClient":
        """Somebody else at the same server, from the same address."""
        return KosyncClient(self.base, user, key, device=device, device_id=device_id, mount=self.mount, address=self.address)


def new_account(
    base: str, *, device: str = "Kobo", device_id: str | None = None, mount: str = "/kosync", address: str | None = None
) -> KosyncClient:
    """A client whose account has just been registered."""
    key = md5(fresh("secret"))
    client = KosyncClient(base, fresh("reader"), key, device=device, device_id=device_id, mount=mount, address=address)
    client.register()
    return client
