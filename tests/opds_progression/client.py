"""A client that speaks the protocol's verbs. Each checks the status it expects, and every document against Thorium's schema."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests.kosync.client import _TLS, KosyncClient, fresh, md5
from tests.opds_progression.schema import progression_errors

CURRENT = "application/opds-progression+json"
READIUM = "application/vnd.readium.progression+json"
PROBLEM = "application/problem+json"
PASSWORD = "secret"
THORIUM = {"id": "urn:uuid:f2438195-3b7c-4ea8-a8cf-668d624c11e5", "name": "Thorium"}
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""A time of reading that is past for every server here."""


def at(seconds: float = 0, began: datetime = BEGAN) -> str:
    """So many seconds after the beginning, as clients write it."""
    return (began + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now(seconds: float = 0) -> str:
    return at(seconds, datetime.now(UTC))


def document(progression: float = 0.25, modified: str | None = None, **more: Any) -> dict[str, Any]:
    return {"modified": modified or at(), "device": dict(THORIUM), "progression": progression} | more


def text(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said).encode()


class ProgressionClient:
    """One account and one publication. `agent`: what the client calls itself."""

    def __init__(self, base: str, user: str, publication: str, *, password: str = PASSWORD, agent: str = "Thorium") -> None:
        self.base, self.user, self.publication = base, user, publication
        self.http = httpx2.Client(base_url=base, auth=(user, password), timeout=20, verify=_TLS, trust_env=False)
        self.http.headers["user-agent"] = agent
        self.path = f"/opds/v2/publications/{publication}/progression"

    def __del__(self) -> None:
        self.http.close()

    def send(self, method: str, *, path: str | None = None, **more: Any) -> httpx2.Response:
        return self.http.request(method, path or self.path, **more)

    def get(self, *, check: int = 200) -> Any:
        """The document; None for an empty answer."""
        answer = self.send("GET", headers={"accept": CURRENT})

        assert check == answer.status_code, answer.text
        return self.read(answer) if check == 200 else answer

    def put(self, said: Any, *, check: int = 200) -> Any:
        """Send a document (or any bytes); the document that is answered, or the problem."""
        answer = self.send("PUT", content=text(said), headers={"accept": CURRENT, "content-type": CURRENT})

        assert check == answer.status_code, answer.text
        if check in {200, 201}:
            return self.read(answer)
        assert answer.headers["content-type"] == PROBLEM
        return answer.json()

    def stored(self) -> bytes:
        """The document's bytes."""
        return self.send("GET", headers={"accept": CURRENT}).content

    @staticmethod
    def read(answer: httpx2.Response) -> Any:
        assert answer.headers["content-type"] == CURRENT
        assert answer.headers["cache-control"] == "private, no-store"
        if not answer.content:
            return None
        said = answer.json()
        assert [] == progression_errors(said)
        return said

    def kosync(self, *, device: str = "Kobo", device_id: str | None = "K1") -> KosyncClient:
        """The same account in KOReader."""
        return KosyncClient(self.base, self.user, md5(PASSWORD), device=device, device_id=device_id)


__all__ = ["ProgressionClient", "fresh"]
