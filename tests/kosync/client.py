"""A client that speaks KOSync's verbs. Each checks the status it expects, for a test should read as a story."""

import hashlib
import itertools
import secrets
from typing import Any

import httpx2

ACCEPT = "application/vnd.koreader.v1+json"
_numbers = itertools.count(1)


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def fresh(word: str) -> str:
    """A word that nobody used before."""
    return f"{word}{next(_numbers)}x{secrets.token_hex(4)}"


class KosyncClient:
    """One device's client: `device` and `device_id` go with each push."""

    def __init__(
        self, base: str, user: str, key: str, *, device: str = "Kobo", device_id: str | None = None, mount: str = "/kosync"
    ) -> None:
        self.http = httpx2.Client(base_url=base + mount, timeout=20)
        self.user, self.key, self.device, self.device_id = user, key, device, device_id
        self.mount = mount

    def __del__(self) -> None:
        self.http.close()

    def call(self, method: str, path: str, *, check: int, headers: dict[str, str] | None = None, **body: Any) -> Any:
        """One request with this client's credentials; the JSON of the answer."""
        sent = {"accept": ACCEPT, "x-auth-user": self.user, "x-auth-key": self.key} | (headers or {})
        answer = self.http.request(method, path, headers=sent, **body)

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
        return self.call("GET", f"/syncs/progress/{document}", params=params, check=check)

    def delete(self, *, check: int = 200) -> Any:
        return self.call("DELETE", "/users/me", check=check)

    def change_key(self, key: Any, *, check: int = 200) -> Any:
        return self.call("PUT", "/users/password", json={"password": key}, check=check)

    def on(self, device: str, device_id: str | None = None) -> "KosyncClient":
        """The same account on another device."""
        base = str(self.http.base_url).rstrip("/").removesuffix(self.mount)
        return KosyncClient(base, self.user, self.key, device=device, device_id=device_id, mount=self.mount)


def new_account(base: str, *, device: str = "Kobo", device_id: str | None = None, mount: str = "/kosync") -> KosyncClient:
    """A client whose account has just been registered."""
    client = KosyncClient(base, fresh("reader"), md5(fresh("secret")), device=device, device_id=device_id, mount=mount)
    client.register()
    return client
