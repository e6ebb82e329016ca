"""Palace's apps, as far as the protocol goes: what they send, and what they make of the answers."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

import httpx2

from tests.kosync.client import _TLS
from tests.opds_progression.client import PASSWORD

LD = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
TERMS = "http://librarysimplified.org/terms/"
IDLING, BOOKMARKING = TERMS + "annotation/idling", "http://www.w3.org/ns/oa#bookmarking"
TIME, DEVICE, CHAPTER, PROGRESS = (TERMS + name for name in ("time", "device", "chapter", "progressWithinBook"))
ANDROID = "Palace/1.24 (Simplified-Android-HTTP 8.0.0)"
IOS = "Palace/1.2.13 CFNetwork/1490.0.4 Darwin/23.2.0"
KINDS = {"LocatorHrefProgression", "LocatorPage", "LocatorAudioBookTime"}


def moment(seconds: float = 0) -> str:
    """So many seconds from now, as both apps write it."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def href_progression(href: str, progress: float, **more: Any) -> str:
    """A place in an EPUB, as Android's app writes it."""
    said = {"@type": "LocatorHrefProgression", "@version": 20210317, "href": href, "progressWithinChapter": progress}
    return json.dumps(said | more)


def readium(href: str, progression: float, total: float, **more: Any) -> str:
    """The reading position of the app for iOS."""
    locations = {"progression": progression, "totalProgression": total, "position": 26}
    return json.dumps({"href": href, "type": "application/xhtml+xml", "title": "One", "locations": locations} | more)


class PalaceClient:
    """One account's app. `agent`: which one. `catalog`: where its catalog is, below which iOS looks for annotations."""

    def __init__(self, base: str, user: str, *, agent: str = ANDROID, password: str = PASSWORD, catalog: str = "") -> None:
        self.base, self.user, self.agent, self.list = base, user, agent, f"{base}{catalog}/annotations/"
        self.http = httpx2.Client(auth=(user, password), timeout=20, verify=_TLS, trust_env=False)
        self.http.headers["user-agent"] = agent

    def __del__(self) -> None:
        self.http.close()

    def sign_in(self, user: str, *, wait: float = 0, password: str = PASSWORD) -> None:
        """Change the password for a token. Two that are made in one second are one: `wait` so long before."""
        time.sleep(wait)
        made = self.http.post(f"{self.base}/patrons/me/token", auth=(user, password))
        assert 200 == made.status_code, made.text
        self.http.auth = None
        self.http.headers["authorization"] = f"Bearer {made.json()['accessToken']}"

    def said(self, source: str, value: str, *, motivation: str = IDLING, at: str | None = None, **more: Any) -> dict[str, Any]:
        """An annotation as the app makes it."""
        android = self.agent == ANDROID
        body = {TIME: at or moment(), DEVICE: "null" if android else "", CHAPTER: "One"}
        if android:
            body[PROGRESS] = 0.25
        return {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "motivation": motivation,
            "type": "Annotation",
            "target": {"source": source, "selector": {"type": "oa:FragmentSelector", "value": value}},
            "body": body | more,
        }

    def post(self, said: Any, *, check: int = 200) -> Any:
        """Send an annotation (or any bytes); what is answered."""
        media_type = "application/ld+json" if self.agent == ANDROID else "application/json"
        content = said if isinstance(said, bytes) else json.dumps(said, indent=1).encode()
        answer = self.http.post(self.list, content=content, headers={"content-type": media_type})

        assert check == answer.status_code, answer.text
        assert "no-store" == answer.headers["cache-control"]
        if check == 200:
            assert LD == answer.headers["content-type"]
            assert "http://www.w3.org/ns/anno.jsonld" == answer.json()["@context"]
        else:
            assert "application/api-problem+json" == answer.headers["content-type"]
            assert check == answer.json()["status"]
        return answer.json()

    def idle(self, source: str, value: str, **more: Any) -> Any:
        """Say where the reader is."""
        return self.post(self.said(source, value, **more))

    def mark(self, source: str, value: str, **more: Any) -> Any:
        """Set a bookmark."""
        return self.post(self.said(source, value, motivation=BOOKMARKING, **more))

    def items(self, address: str | None = None) -> list[dict[str, Any]]:
        """A list, as the app reads it: all of it, or not at all."""
        answer = self.http.get(address or self.list)

        assert 200 == answer.status_code, answer.text
        assert LD == answer.headers["content-type"]
        assert "no-store" == answer.headers["cache-control"]
        return read(answer.json())

    def place(self, source: str) -> dict[str, Any] | None:
        """The item that the app takes for the reader's place: iOS the first one, Android the last one; there is only one."""
        found = [each for each in self.items() if each["motivation"] == IDLING and each["target"]["source"] == source]

        assert len(found) <= 1
        return found[0] if found else None

    def locator(self, source: str) -> dict[str, Any]:
        """Its locator."""
        place = self.place(source)
        assert place is not None
        return json.loads(place["target"]["selector"]["value"])

    def delete(self, id_: str, *, check: int = 200) -> httpx2.Response:
        """Delete an annotation by its literal id."""
        answer = self.http.request("DELETE", id_, content=b"", headers={"content-type": "application/octet-stream"})

        assert check == answer.status_code, answer.text
        return answer


def read(container: Any) -> list[dict[str, Any]]:
    """The items of a list, with the types that the apps insist on."""
    assert {"@context", "id", "type", "total", "first"} == set(container)
    assert ["http://www.w3.org/ns/anno.jsonld", "http://www.w3.org/ns/ldp.jsonld"] == container["@context"]
    assert ["BasicContainer", "AnnotationCollection"] == container["type"]
    first, items = container["first"], container["first"]["items"]
    assert {"id", "type", "items"} == set(first)
    assert (container["id"], "AnnotationPage", len(items)) == (first["id"], first["type"], container["total"])
    for each in items:
        check(each)
    return list(items)


def check(item: dict[str, Any]) -> None:
    """An item that both apps read."""
    assert {"id", "type", "motivation", "body", "target"} <= set(item)
    assert item["id"].startswith("http")
    assert item["motivation"] in {IDLING, BOOKMARKING}
    assert "@context" not in item or isinstance(item["@context"], str)
    body, selector = item["body"], item["target"]["selector"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body[TIME])
    assert isinstance(body[DEVICE], str)
    assert isinstance(body.get(CHAPTER, ""), str)
    assert isinstance(body.get(PROGRESS, 0.0), int | float)
    assert "FragmentSelector" == selector["type"]
    assert isinstance(item["target"]["source"], str)
    assert isinstance(json.loads(selector["value"]), dict)
