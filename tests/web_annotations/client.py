"""An app that keeps annotations by the Web Annotation Protocol."""

import json
from typing import Any

import httpx2

from tests.kosync.client import _TLS
from tests.opds_progression.client import PASSWORD

LD = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
ANNO = "http://www.w3.org/ns/anno.jsonld"
LDP, OA = "http://www.w3.org/ns/ldp#", "http://www.w3.org/ns/oa#"
BOOK = "urn:isbn:9780000000002"


def highlight(source: str = BOOK, *selectors: Any, **more: Any) -> dict[str, Any]:
    """A highlight, of a quotation where no selectors are given."""
    quote = {"type": "TextQuoteSelector", "exact": "a stitch in time", "prefix": "They say ", "suffix": " saves nine"}
    selector: Any = list(selectors) or quote
    said = {
        "@context": ANNO,
        "type": "Annotation",
        "motivation": "highlighting",
        "body": {"type": "TextualBody", "value": "true", "color": "yellow"},
        "target": {"source": source, "selector": selector},
    }
    return {key: value for key, value in (said | more).items() if value is not ...}


class WebClient:
    """One account's app. What it gets it checks as far as every answer of that kind must be alike."""

    def __init__(self, base: str, user: str, *, password: str = PASSWORD) -> None:
        self.base, self.user, self.list = base, user, f"{base}/annotations/w3c/"
        self.http = httpx2.Client(auth=(user, password), timeout=20, verify=_TLS, trust_env=False)

    def __del__(self) -> None:
        self.http.close()

    def send(self, method: str, address: str = "", body: Any = None, *, check: int = 200, **headers: str) -> httpx2.Response:
        """One request. `address`: below the list, or whole. `body`: JSON, or any bytes."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = address if address.startswith("http") else self.list + address
        answer = self.http.request(method, whole, content=content, headers=spelled)

        assert check == answer.status_code, answer.text
        if check >= 400 and check != 401 and method != "HEAD":
            assert "application/problem+json" == answer.headers["content-type"]
            assert check == answer.json()["status"]
        return answer

    def post(self, said: Any, *, check: int = 201, **headers: str) -> Any:
        """A new annotation; what is answered."""
        answer = self.send("POST", "", said, check=check, **headers)
        if check == 201:
            assert answer.json()["id"] == answer.headers["location"]
            of_item(answer)
        return answer.json()

    def get(self, address: str, *, check: int = 200, **headers: str) -> Any:
        """A document."""
        return self.send("GET", address, check=check, **headers).json()

    def etag(self, address: str) -> str:
        """The entity tag of an annotation as it is now."""
        return of_item(self.send("GET", address)).headers["etag"]

    def walk(self, start: str = "?page=0") -> list[Any]:
        """The items of all pages, from one on, by their links."""
        items, address = [], start
        while address:
            page = self.get(address)

            assert "AnnotationPage" == page["type"]
            items += page["items"]
            address = page.get("next", "")
        return items

    def changes(self, since: str = "", limit: int = 200) -> tuple[list[Any], str]:
        """All changes since a token, by as many requests as it takes; and the token for what comes later."""
        found: list[Any] = []
        while True:
            answer = self.get(f"changes?limit={limit}" + (f"&since={since}" if since else ""))
            found += answer["changes"]
            since = answer["next"]
            if not answer["more"]:
                return found, since


def of_item(answer: httpx2.Response) -> httpx2.Response:
    """The headers of an annotation."""
    assert LD == answer.headers["content-type"]
    assert f'<{LDP}Resource>; rel="type"' == answer.headers["link"]
    assert "GET, HEAD, OPTIONS, PUT, DELETE" == answer.headers["allow"]
    assert answer.headers["etag"].startswith('"')
    return answer


def of_container(answer: httpx2.Response) -> Any:
    """The headers of the list, and what it says."""
    assert LD == answer.headers["content-type"]
    assert f'<{LDP}BasicContainer>; rel="type"' in answer.headers["link"]
    assert f'<http://www.w3.org/TR/annotation-protocol/>; rel="{LDP}constrainedBy"' in answer.headers["link"]
    assert "GET, HEAD, OPTIONS, POST" == answer.headers["allow"]
    assert LD in answer.headers["accept-post"]
    assert "Accept, Prefer" == answer.headers["vary"]
    assert answer.headers["etag"].startswith('"')
    return answer.json()
