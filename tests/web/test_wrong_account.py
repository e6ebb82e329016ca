"""Every route of every protocol, asked by the wrong account: nothing of another's is there, by id, by list or by feed.

The pages are walked in `test_safety`; here are the API, by its own document, and all that apps ask for.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.annotations.client import PalaceClient, href_progression
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.shared import shared
from tests.web.past import PASSWORD, digest_of

NOTHING = "01a17c92-38c9-7711-9cbe-f3120e38550f"
BODIES = {
    "restoreReading": {"reading": "{reading}"},
    "joinWork": {"work": "{work}"},
    "link": {"publication": "{publication}"},
    "unlink": {"type": "kosync-document", "value": "a"},
    "mark": {"state": "finished"},
}
FEEDS = ("/opds/v2", "/opds/v2/reading", "/opds/v2/finished", "/opds/v2/loans", "/opds/v1.2/reading", "/opds/v1.2/loans")
FEEDS += ("/annotations/", "/opds/v1.2/annotations/", "/annotations/w3c/", "/annotations/w3c/?page=0", "/patrons/me")


class Secrets:
    """Ids of Ann's, none of which anybody else may be told."""

    def __init__(self, server: RunningServer) -> None:
        self.http = asker(server, "ann")
        works = self.http.get("/api/works").json()["works"]
        self.work = next(each["id"] for each in works if "Alice" in json.dumps(each) or each["title"] != "Emma")
        readings = self.http.get(f"/api/works/{self.work}/readings").json()["readings"]
        self.reading = readings[-1]["id"]
        self.token = self.http.get("/api/tokens").json()["tokens"][-1]["id"]
        self.publication = publication_of(server)
        palace = PalaceClient(server.base, "ann", password=PASSWORD)
        source = f"urn:uuid:{self.publication}"
        self.bookmark = palace.mark(source, href_progression("OEBPS/3024803926727201407_11-h-3.htm.html", 0.5))["id"]
        note = {
            "@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "motivation": "commenting", "target": source,
            "body": {"type": "TextualBody", "value": "my secret thought"},
        }  # fmt: skip
        self.note = self.http.post("/annotations/w3c/", json=note).headers["location"]
        self.all = [each["id"] for each in works] + [each["id"] for each in readings] + [self.token, "my secret thought"]
        self.all += [self.bookmark.rpartition("/")[2], self.note.rpartition("/")[2], "Kobo"]


def asker(server: RunningServer, name: str) -> httpx2.Client:
    """Somebody with a token that may see the account."""
    made = command("user", "token", name, "--name", "wrong", "--scope", "account", "--scope", "sync", data=server.data)
    headers = {"authorization": f"Bearer {made.stdout.strip()}"}
    return httpx2.Client(base_url=server.base, headers=headers, timeout=20, trust_env=False, follow_redirects=True)


def publication_of(server: RunningServer) -> str:
    """The id of Alice."""
    found = re.search(r"urn:uuid:([0-9a-f-]{36})", httpx2.get(server.base + "/opds/v2/publications", auth=("ann", PASSWORD)).text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def secrets(home: RunningServer) -> Iterator[Secrets]:
    found = Secrets(home)
    yield found
    found.http.close()


@pytest.fixture(scope="module", params=["library", "sync"])
def wrong(request: pytest.FixtureRequest, home: RunningServer, secrets: Secrets) -> Iterator[httpx2.Client]:
    """Somebody who sees the library, or who does not, and has read nothing."""
    name = f"wrong-{request.param}"
    command("user", "add", name, "--password-stdin", data=home.data, stdin=PASSWORD + "\n")
    command("user", "set", name, f"library={'yes' if request.param == 'library' else 'no'}", data=home.data)
    with asker(home, name) as client:
        yield client


def asked(client: httpx2.Client, method: str, path: str, body: Any) -> httpx2.Response:
    return client.request(method, path, json=body) if body is not None else client.request(method, path)


def test_every_operation(home: RunningServer, secrets: Secrets, wrong: httpx2.Client) -> None:
    """What the API does with another's id, it does with one that does not exist; its lists hold nothing of another's."""
    document = wrong.get("/api/openapi.json").json()
    ids = {"work": secrets.work, "token": secrets.token, "reading": secrets.reading, "publication": NOTHING}
    operations = [(method, path, one) for path, ways in document["paths"].items() for method, one in ways.items()]
    assert len(operations) > 15
    for method, path, one in operations:
        body = BODIES.get(one["operationId"], {} if "requestBody" in one else None)
        body = json.loads(json.dumps(body).replace("{reading}", secrets.reading).replace("{work}", secrets.work))
        theirs = asked(wrong, method.upper(), "/api" + path.format(**ids), body)
        if "{" in path:
            none = asked(wrong, method.upper(), "/api" + path.format(**dict.fromkeys(ids, NOTHING)), body)
            assert (theirs.status_code, theirs.text) == (none.status_code, none.text), path
            assert theirs.status_code in {400, 404}, path
        assert [] == [secret for secret in secrets.all if secret in theirs.text], path


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed(secrets: Secrets, wrong: httpx2.Client, path: str) -> None:
    """No list of places, bookmarks, notes or books that are read has anything of another's."""
    mine, theirs = secrets.http.get(path), wrong.get(path)
    assert 500 > theirs.status_code
    assert 500 > mine.status_code

    assert [] == [secret for secret in secrets.all if secret in theirs.text]


def test_every_item(secrets: Secrets, wrong: httpx2.Client) -> None:
    """A bookmark and a note of another's can't be read, changed or deleted, and are told as what never was."""
    for address in (secrets.bookmark, secrets.note):
        none = address.rpartition("/")[0] + "/" + NOTHING
        for method in ("GET", "DELETE"):
            answers = [wrong.request(method, each, headers={"if-match": "*"}) for each in (address, none)]
            assert {404} == {each.status_code for each in answers}, (method, address)
        assert 200 == secrets.http.get(address).status_code


def test_every_place(home: RunningServer, secrets: Secrets, wrong: httpx2.Client) -> None:
    """What Ann has read is nowhere begun for somebody else, by whichever protocol and identifier it is asked for."""
    name = "wrong-place"
    client = KosyncClient(home.base, name, md5(PASSWORD))
    client.send("POST", "/users/create", json={"username": name, "password": md5(PASSWORD)})
    for document in ("a" * 32, digest_of(shared("corpus", "pg_alice.epub"))):
        assert {} == client.pull(document)
        assert {} == client.pull(document, ids=f"content:{document}")
    for base in ("/opds/v2/publications/", "/opds/v1.2/publications/"):
        answer = wrong.get(f"{base}{secrets.publication}/progression")
        assert [] == [secret for secret in secrets.all if secret in answer.text]
        assert answer.status_code in {200, 204, 403, 404}
        assert '"progression":' not in answer.text
    client.delete()
