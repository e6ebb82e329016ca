"""How Palace's apps find the server's parts and sign in: documents, profile, token, shelf."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from lxml import etree

from tests.annotations.client import ANDROID, IOS, LD, PalaceClient, href_progression
from tests.opds.schemas import errors
from tests.opds_progression.client import PASSWORD
from tests.opds_progression.conftest import Shelf, add_account
from tests.running import RunningServer, command

Maker = Callable[..., PalaceClient]
VENDOR = "application/vnd.opds.authentication.v1.0+json"
PROFILE = "vnd.librarysimplified/user-profile+json"
SERVICE = "http://www.w3.org/ns/oa#annotationService"
SYNC = "simplified:synchronize_annotations"
BOOK = "urn:isbn:9780000000002"
ATOM = "{http://www.w3.org/2005/Atom}"


def links(said: Any) -> dict[str, str]:
    return {each["rel"]: each["href"] for each in said["links"]}


def get(url: str, **more: Any) -> httpx2.Response:
    return httpx2.get(url, trust_env=False, **more)


@pytest.mark.parametrize("agent", [ANDROID, IOS])
def test_the_way_of_the_apps(shelf: Shelf, user: str, agent: str) -> None:
    """From the address of the catalog, each app comes to everything else, by what it is told on the way."""
    base, headers = shelf.running.base, {"user-agent": agent}
    refused = get(f"{base}/opds/v1.2", headers=headers)
    document = refused.json()
    assert (401, VENDOR) == (refused.status_code, refused.headers["content-type"])
    assert [] == errors("authentication", document)
    ways = {way["type"]: way for way in document["authentication"]}
    assert ["http://thepalaceproject.org/authtype/basic-token", "http://opds-spec.org/auth/basic"] == list(ways)
    (authenticate,) = ways["http://thepalaceproject.org/authtype/basic-token"]["links"]
    made = httpx2.post(authenticate["href"], auth=(user, PASSWORD), headers=headers, trust_env=False)
    assert {"accessToken": str, "tokenType": str, "expiresIn": int} == {key: type(each) for key, each in made.json().items()}
    assert (200, "Bearer") == (made.status_code, made.json()["tokenType"])
    bearer = {"authorization": f"Bearer {made.json()['accessToken']}", **headers}
    found = links(document)
    profile = get(found["http://librarysimplified.org/terms/rel/user-profile"], headers=bearer)
    assert PROFILE == profile.headers["content-type"]
    assert user == profile.json()["simplified:authorization_identifier"]
    assert [] == get(links(profile.json())[SERVICE], headers=bearer).json()["first"]["items"]
    assert 200 == get(found["http://opds-spec.org/shelf"], headers=bearer).status_code
    assert 200 == get(found["start"], headers=bearer).status_code
    assert 200 == get(f"{found['start']}/annotations/", headers=bearer).status_code


def test_the_document_for_others(shelf: Shelf) -> None:
    """The document of the specification's own media type has the same links, with Basic first."""
    said = get(f"{shelf.running.base}/opds/auth").json()

    assert {"start", "http://opds-spec.org/shelf", "http://librarysimplified.org/terms/rel/user-profile"} == set(links(said))
    assert "http://opds-spec.org/auth/basic" == said["authentication"][0]["type"]
    assert "no-cache" == get(f"{shelf.running.base}/opds/v1.2/auth").headers["cache-control"]


def test_the_registry(shelf: Shelf) -> None:
    """Palace's app for iOS finds the catalog and the document where its developer settings look for them."""
    said = get(f"{shelf.running.base}/libraries/qa").json()
    (catalog,) = said["catalogs"]
    document = next(link["href"] for link in catalog["links"] if link.get("type") == VENDOR)

    assert {"title"} <= set(said["metadata"])
    assert {"id", "title", "updated"} <= set(catalog["metadata"])
    assert f"{shelf.running.base}/opds/v1.2" == links({"links": catalog["links"][:1]})["http://opds-spec.org/catalog"]
    assert VENDOR == get(document).headers["content-type"]


def test_feeds_and_entries_name_the_service(app: Maker, shelf: Shelf) -> None:
    """Every feed of OPDS 1.2 names the account's list and shelf; every entry the book's own list, which works."""
    palace = app()
    feed = etree.fromstring(palace.http.get(f"{shelf.running.base}/opds/v1.2/publications").content)
    named = {link.get("rel"): link for link in feed.findall(f"{ATOM}link")}
    assert (f"{shelf.running.base}/annotations/", LD) == (named[SERVICE].get("href"), named[SERVICE].get("type"))
    assert f"{shelf.running.base}/opds/v1.2/loans" == named["http://opds-spec.org/shelf"].get("href")
    for entry in feed.findall(f"{ATOM}entry"):
        source = entry.findtext(f"{ATOM}id")
        if "application/epub+zip" not in {link.get("type") for link in entry.findall(f"{ATOM}link")}:
            continue
        palace.idle(source, href_progression("x", 0.5))
        (link,) = [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == SERVICE]
        items = palace.items(link.get("href"))

        assert {source} == {item["target"]["source"] for item in items}
    assert feed.findall(f"{ATOM}entry")


def test_opds_2_names_the_service(app: Maker, shelf: Shelf) -> None:
    """Publications of OPDS 2.0 name their lists too."""
    palace = app()
    said = palace.http.get(f"{shelf.running.base}/opds/v2/publications").json()

    assert all(SERVICE in links(each) for each in said["publications"])


def loans(palace: PalaceClient, shelf: Shelf) -> list[str]:
    feed = etree.fromstring(palace.http.get(f"{shelf.running.base}/opds/v1.2/loans").content)
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def test_the_shelf(app: Maker, shelf: Shelf) -> None:
    """What was read, and what was only downloaded, stands on the shelf, with all that an app needs to get and open it."""
    palace = app()
    assert [] == loans(palace, shelf)
    source = f"urn:uuid:{shelf.ids['Flatland']}"
    palace.idle(source, href_progression("x", 0.5))
    feed = etree.fromstring(palace.http.get(f"{shelf.running.base}/opds/v1.2/loans").content)
    (entry,) = feed.findall(f"{ATOM}entry")
    named = {link.get("rel"): link for link in entry.findall(f"{ATOM}link")}
    assert source == entry.findtext(f"{ATOM}id")
    assert {"alternate", "http://opds-spec.org/acquisition/open-access", SERVICE} <= set(named)
    assert 200 == palace.http.get(named["alternate"].get("href")).status_code
    other = etree.fromstring(palace.http.get(f"{shelf.running.base}/opds/v1.2/publications").content)
    for each in other.findall(f"{ATOM}entry"):
        if each.findtext(f"{ATOM}title") == "Another book":
            file = next(link.get("href") for link in each.findall(f"{ATOM}link") if "open-access" in link.get("rel"))
            palace.http.head(file)
            assert ["Flatland"] == loans(palace, shelf)
            palace.http.get(file)

    assert {"Flatland", "Another book"} == set(loans(palace, shelf))


def test_an_account_without_library(shelf: Shelf) -> None:
    """Who sees no library keeps places and bookmarks all the same; a name of the catalog is a name like any other to them."""
    user = add_account(shelf.running.data, library=False)
    palace = PalaceClient(shelf.running.base, user)
    source = f"urn:uuid:{shelf.ids['Flatland']}"
    value = href_progression("epub/text/chapter-1.xhtml", 0.5)
    palace.idle(source, value)
    ios = PalaceClient(shelf.running.base, user, agent=IOS)

    assert value == (palace.place(source) or {})["target"]["selector"]["value"]
    assert value == (ios.place(source) or {})["target"]["selector"]["value"]
    assert 403 == palace.http.get(f"{shelf.running.base}/opds/v1.2/loans").status_code


def test_profile(app: Maker, shelf: Shelf) -> None:
    """The setting begins undecided; it is true or false from then on, for this account alone; what is no setting is refused."""
    palace, other = app(), PalaceClient(shelf.running.base, add_account(shelf.running.data))
    url = f"{shelf.running.base}/patrons/me"

    def put(said: Any, *, check: int = 200, media_type: str = PROFILE) -> httpx2.Response:
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        answer = palace.http.put(url, content=content, headers={"content-type": media_type})
        assert check == answer.status_code, answer.text
        return answer

    def settings(client: PalaceClient) -> Any:
        return client.http.get(url + "/").json()["settings"]

    assert {SYNC: None} == settings(palace)
    body = {"settings": {SYNC: True}}
    echoed = put(body)
    assert (json.dumps(body), "text/plain; charset=utf-8") == (echoed.text, echoed.headers["content-type"])
    assert ({SYNC: True}, {SYNC: None}) == (settings(palace), settings(other))
    put({})
    put({"settings": {}})
    assert {SYNC: True} == settings(palace)
    for said, media_type, status, words in (
        (body, "application/json", 415, PROFILE),
        (b"{", PROFILE, 400, "not valid JSON"),
        (b'"text"', PROFILE, 400, "not a JSON object"),
        ({"settings": []}, PROFILE, 200, ""),
        ({"settings": {"simplified:authorization_identifier": "x"}}, PROFILE, 400, "is not a writable setting"),
        ({"settings": {SYNC: None}}, PROFILE, 400, "true or false"),
        ({"settings": {SYNC: "yes"}}, PROFILE, 400, "true or false"),
        (b" " * 20_000, PROFILE, 400, "bytes"),
    ):
        answer = put(said, check=status, media_type=media_type)
        assert words in answer.text
        assert status == 200 or "application/api-problem+json" == answer.headers["content-type"]
    assert {SYNC: True} == settings(palace)
    assert 405 == palace.http.post(url, json={}).status_code


def test_opting_out_hides_and_deletes_nothing(app: Maker, shelf: Shelf) -> None:
    """Who does not want annotations to be shared sees none in the apps; all come back when they do, also what came between."""
    palace = app()
    url, headers = f"{shelf.running.base}/patrons/me", {"content-type": PROFILE}
    palace.idle(BOOK, href_progression("a", 0.5))
    palace.http.put(url, json={"settings": {SYNC: False}}, headers=headers)
    palace.mark(BOOK, href_progression("a", 0.6))
    assert ([], []) == (palace.items(), palace.items(f"{palace.list}URI/{BOOK}"))
    palace.http.put(url, json={"settings": {SYNC: True}}, headers=headers)

    assert 2 == len(palace.items())


def test_tokens_end_with_the_password(start: Callable[..., RunningServer]) -> None:
    """A token lives through a restart, and is worth nothing when the password has changed or the credential is revoked."""
    server = start()
    command("user", "add", "ann", "--password-stdin", data=server.data, stdin="secret\n")
    device = command("user", "token", "ann", "--name", "tablet", data=server.data).stdout.strip()

    def token(password: str) -> dict[str, str]:
        made = httpx2.post(f"{server.base}/patrons/me/token", auth=("ann", password), trust_env=False)
        assert 200 == made.status_code
        return {"authorization": f"Bearer {made.json()['accessToken']}"}

    def status(headers: dict[str, str]) -> int:
        return get(f"{server.base}/annotations/", headers=headers).status_code

    own, tablet = token("secret"), token(device)
    server.kill()
    server = start()
    assert [200, 200] == [status(own), status(tablet)]
    forged = own["authorization"][:-1] + ("0" if own["authorization"][-1] != "0" else "1")
    later = own["authorization"].replace(".." + own["authorization"].split(".")[3], "..9999999999999")
    assert [401, 401] == [status({"authorization": forged}), status({"authorization": later})]
    command("user", "token", "ann", "--name", "tablet", "--revoke", data=server.data)
    assert [200, 401] == [status(own), status(tablet)]
    command("user", "passwd", "ann", "--password-stdin", data=server.data, stdin="other\n")
    assert [401, 200] == [status(own), status(token("other"))]
    assert 405 == get(f"{server.base}/patrons/me/token").status_code


def test_a_token_reaches_as_far_as_its_password(shelf: Shelf, user: str) -> None:
    """A token for a device's credential may not see the account; one for the password is no token of the API's by itself."""
    sync = command("user", "token", user, "--name", "device", data=shelf.running.data).stdout.strip()
    made = httpx2.post(f"{shelf.running.base}/patrons/me/token", auth=(user, sync), trust_env=False).json()
    bearer = {"authorization": f"Bearer {made['accessToken']}"}

    assert 401 == get(f"{shelf.running.base}/api/works", headers=bearer).status_code
    assert 401 == get(f"{shelf.running.base}/opds/v2", headers=bearer).status_code
    assert 200 == get(f"{shelf.running.base}/annotations/", headers=bearer).status_code


def test_a_lost_phone_can_not_steer(shelf: Shelf, user: str) -> None:
    """A token for the password itself is for places, bookmarks and the catalog; it makes no tokens, and sees no history."""
    made = httpx2.post(f"{shelf.running.base}/patrons/me/token", auth=(user, PASSWORD), trust_env=False).json()
    bearer = {"authorization": f"Bearer {made['accessToken']}"}

    assert 401 == get(f"{shelf.running.base}/api/works", headers=bearer).status_code
    assert 401 == httpx2.post(f"{shelf.running.base}/api/tokens", headers=bearer, json={}, trust_env=False).status_code
    assert 200 == get(f"{shelf.running.base}/opds/v1.2", headers=bearer).status_code


def test_two_sign_ins_at_once(shelf: Shelf, user: str) -> None:
    """Two apps that sign in one right after the other have tokens of their own, so that they are two devices."""
    url = f"{shelf.running.base}/patrons/me/token"
    tokens = {httpx2.post(url, auth=(user, PASSWORD), trust_env=False).json()["accessToken"] for _ in range(3)}

    assert 3 == len(tokens)


def test_both_copies_stay_on_the_shelf(app: Maker, shelf: Shelf) -> None:
    """A copy that was read stays on the shelf when another one is downloaded: apps delete what is not there."""
    palace = app()
    palace.idle(f"urn:uuid:{shelf.ids['A book, retagged']}", href_progression("OEBPS/two.xhtml", 0.5))
    assert ["A book, retagged"] == loans(palace, shelf)
    entry = palace.http.get(f"{shelf.running.base}/opds/v2/publications/{shelf.ids['A book']}").json()
    file = next(link["href"] for link in entry["links"] if "open-access" in str(link.get("rel")))
    assert 200 == palace.http.get(file).status_code

    assert {"A book", "A book, retagged"} == set(loans(palace, shelf))
