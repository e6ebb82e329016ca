"""What must not be: forms of other sites, other people's books, markup from books and devices, scripts, ways out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.annotations.client import BOOKMARKING, CHAPTER, PalaceClient, href_progression
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.web.browser import Browser
from tests.web.past import PASSWORD

ALICE = "Adventures in Wonderland"
OPEN = {
    "/",
    "/welcome",
    "/sign-in",
    "/apps",
    "/apps/{app}",
    "/kosync",
    "/kosync/",
    "/static/{name}",
    "/livez",
    "/readyz",
    "/metrics",
}
"""Pages for everybody."""
WITH_FILES = {"/library/upload"}
"""Forms that hold files."""
SITE = "sec-fetch-site"
FOREIGN = (
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("origin", "http://["),
    (SITE, "cross-site"),
    (SITE, "same-site"),
)
"""What browsers say of forms that other sites have sent."""
NOTHING = "01a17c92-38c9-7711-9cbe-f3120e38550f"
WAYS_OUT = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "../../x",
    "\tx",
    "a b",
    "x//e:1",
    "x//e.example:1",
)
XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7331*7331}}"


@pytest.fixture
def bob(past: RunningServer) -> Iterator[Browser]:
    """Somebody who registered with KOReader, and sees no library."""
    client = KosyncClient(past.base, "bob", md5(PASSWORD))
    client.send("POST", "/users/create", json={"username": "bob", "password": md5(PASSWORD)})
    client.push("e" * 32, "/body/DocFragment[2].0", 0.2)
    yield Browser(past).sign_in("bob")
    client.delete()


def filled(path: str, work: str, publication: str = NOTHING) -> str:
    """A route's path, with a work or a publication in it."""
    path = path.replace("/works/{work}", work).replace("{publication}", publication)
    return path.replace("{name}", "x.css").replace("{facet}", "author")


def sent(browser: Browser, method: str, path: str, fields: dict[str, str], **more: Any) -> httpx2.Response:
    """A page asked for, or a form sent as that form is."""
    if method == "POST" and path in WITH_FILES:
        parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
        return browser.http.post(path, files=[*parts, ("books", ("emma.epub", b"PK"))], **more)
    return browser.http.request(method, path, data=fields if method == "POST" else None, **more)


def test_all_forms_need_their_token(ann: Browser, routes: list[tuple[str, str]]) -> None:
    """No form does anything without a token, with a wrong one, with another browser's, or when another site sends it."""
    work = ann.work(ALICE)
    mine, other = ann.token, Browser.__new__(Browser)
    other.http = httpx2.Client(base_url=ann.base, trust_env=False)
    other.page = other.http.get("/")
    forms = [filled(path, work) for method, path in routes if method == "POST"]

    assert len(forms) >= 10
    for path in forms:
        for token in (None, "", "0" * 32, mine[:-1], other.token):
            fields = ({} if token is None else {"token": token}) | {"state": "finished"}
            assert 403 == sent(ann, "POST", path, fields).status_code, (path, token)
        for header in FOREIGN:
            answer = sent(ann, "POST", path, {"token": mine, "state": "finished"}, headers=dict([header]))
            assert 403 == answer.status_code, (path, header)
    assert "Reading now" in ann.get("/").text


@pytest.mark.parametrize("body", [b"{}", b"token=%ff", b"\xff", b"a=1&" * 50, b"token=" + b"x" * 70_000])
def test_forms_that_are_none(ann: Browser, body: bytes) -> None:
    """What is no form, or far too large a one, is refused in plain words."""
    answer = ann.http.post("/password", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in {400, 403}
    json = ann.http.post("/password", content=b'{"token": 1}', headers={"content-type": "application/json"})

    assert 400 == json.status_code
    assert "<h1>" in json.text


def test_who_has_not_signed_in_sees_nothing(past: RunningServer, ann: Browser, routes: list[tuple[str, str]]) -> None:
    """Without a session, every page and form leads to the sign-in, and says nothing of what is there."""
    work, stranger = ann.work(ALICE), Browser(past)
    for method, path in routes:
        if path in OPEN:
            continue
        answer = sent(stranger, method, filled(path, work), {"token": stranger.token})
        assert 303 == answer.status_code, path
        assert re.fullmatch(r"(\.\./)*(\./)?sign-in(\?wanted=.*)?", answer.headers["location"]), path


def test_other_accounts_are_not_there(ann: Browser, bob: Browser, routes: list[tuple[str, str]]) -> None:
    """On every page and form, another account's work, reading, book or cover is answered as one that does not exist, and so is
    the library.
    """
    ann.get("/")
    work, publication = ann.work(ALICE), re.search(r"covers/([0-9a-f-]{36})", ann.text)
    ann.get(work)
    reading = re.search(r'name="reading" value="([^"]+)"', ann.text)
    assert publication
    assert reading
    own = bob.work("Unnamed document")
    ids = {"reading": reading[1], "work": work.rpartition("/")[2], "publication": publication[1], "merge": NOTHING}
    ids |= {"state": "finished", "type": "kosync-document", "value": "e"}
    for method, path in routes:
        if "{work}" not in path and "{publication}" not in path and not path.startswith("/library"):
            continue
        fields = {"token": bob.token, **ids}
        theirs = sent(bob, method, filled(path, work, publication[1]), fields)
        none = sent(bob, method, filled(path, f"/works/{NOTHING}"), fields)
        assert (404, 404) == (theirs.status_code, none.status_code), path
        assert theirs.text == none.text, path
    for form in ("restore", "join", "link", "part"):
        assert 404 == bob.http.post(f"{own}/{form}", data={"token": bob.token, **ids}).status_code, form
    assert ALICE not in bob.get("/search?q=alice").text
    assert "library" not in bob.get("/").text.partition("<main")[0]
    assert "Reading now" in ann.get("/").text


def test_markup_is_text(own: RunningServer) -> None:
    """Whatever titles, authors, file names, devices and search words hold is shown as text, on every page."""
    kobo = KosyncClient(own.base, "ann", md5(PASSWORD), device=XSS, device_id=XSS)
    kobo.push("f" * 32, "/body/DocFragment[2].0", 0.2, metadata={"title": XSS, "authors": XSS, "filename": XSS})
    kobo.push("f" * 32, "/body/DocFragment[3].0", 0.3)
    kobo.push(XSS.replace(":", ""), "/body/DocFragment[3].0", 0.99)
    browser = Browser(own).sign_in()
    work = browser.work("onerror")
    browser.submit(f"{work}/restore", reading=re.findall(r'name="reading" value="([^"]+)"', browser.get(work).text)[-1])
    pages = ["/", "/reading", "/finished", work, f"{work}/belongs", f"{work}/history", f"{work}/belongs?q=%3Cscript%3E"]
    pages += [f"/search?q={word}" for word in ("script", "%3Cscript%3Ealert(1)%3C/script%3E")]
    for path in [*pages, "/sign-in?wanted=%22%3E%3Cscript%3E", f"{work}?did=%3Cscript%3E", "/finished?before=%22%3E%3Cscript%3E"]:
        text = browser.http.get(path, follow_redirects=True).text
        assert "<script" not in text, path
        assert "<img src=x" not in text, path
        assert "53743561" not in text, path
    wrong = Browser(own)
    wrong.submit("/sign-in", 401, name=XSS, password="x")
    assert "<script" not in wrong.text


def test_markup_in_names_is_text(own: RunningServer) -> None:
    """Names of accounts, of devices with a secret, of documents that were asked for and of notes are text on every page."""
    named = XSS.replace(":", "")
    mallory = KosyncClient(own.base, named, md5(PASSWORD), device=XSS)
    mallory.register()
    mallory.pull(XSS.replace(":", ""))
    mallory.push("a" * 32, "/body/DocFragment[2].0", 0.2, metadata={"title": XSS})
    his, admin = Browser(own).sign_in(named), Browser(own).sign_in()
    his.get("/apps/koreader")
    secret = his.send("/devices/credentials", device=named, app=XSS).text
    his.send("/devices/pair", device=named, app="koreader")
    admin.get("/admin/accounts?q=script")
    account = re.search(r"admin/accounts/[0-9a-f-]{36}", admin.text)
    assert account
    texts = [secret, *(his.http.get(path).text for path in ("/", "/devices", "/account", "/account/delete", "/apps/koreader"))]
    texts += [his.http.get("/devices/why", params={"document": XSS, "q": XSS}).text]
    texts += [admin.http.get("/admin/accounts", params={"q": XSS}).text, admin.text, admin.http.get("/" + account[0]).text]
    texts += [admin.send("/admin/accounts", name=XSS, password=PASSWORD).text]
    for text in texts:
        assert "alert(1)" in text
        assert "<script" not in text
        assert "<img src=x" not in text
        assert "53743561" not in text


def test_notes_are_text(own: RunningServer) -> None:
    """What an app writes beside a bookmark is text on the page of the work."""
    browser = Browser(own).sign_in()
    publication = re.search(r"covers/([0-9a-f-]{36})", browser.text)
    assert publication
    palace = PalaceClient(own.base, "ann", password=PASSWORD)
    place = href_progression("OEBPS/3024803926727201407_11-h-3.htm.html", 0.5)
    said = palace.said(f"urn:uuid:{publication[1]}", place, motivation=BOOKMARKING)
    said["body"] |= {"value": XSS, CHAPTER: XSS}
    palace.post(said)
    text = browser.get(browser.work(ALICE)).text

    assert "alert(1)" in text
    assert "<script" not in text
    assert "<img src=x" not in text


def test_no_page_is_large(own: RunningServer) -> None:
    """However much a device says, no page has more than 50 kB."""
    kobo = KosyncClient(own.base, "ann", md5(PASSWORD))
    for number in range(50):
        metadata = {"title": f"{number} " + "<>" * 450, "authors": "&" * 500, "filename": "n" * 400}
        said = {"device": "'" * 100, "device_id": f"{number}"}
        kobo.push(f"{number:032}", "/body/DocFragment[2].0", 0.2, metadata=metadata, **said)
        kobo.push("e" * 32, f"/body/DocFragment[{number}].0", number / 60, metadata=metadata, **said)
    browser = Browser(own).sign_in()
    for path in ("/", "/reading", "/search?q=nnn", browser.work("Reading now")):
        assert 50_000 > len(browser.get(path).content), path


def test_headers(past: RunningServer, ann: Browser) -> None:
    """Every page lets no script run and no site frame it, and is kept by no cache; covers and files are sandboxed."""
    ann.get("/")
    work, cover = ann.work(ALICE), re.search(r"covers/([0-9a-f-]{36})", ann.text)
    assert cover
    for path in ("/", work, f"{work}/belongs", "/works/none", "/apps", "/password", "/sign-in"):
        for answer in (ann.http.get(path), httpx2.get(past.base + path)):
            if answer.status_code != 303:
                policy = answer.headers["content-security-policy"]
                assert policy.startswith("default-src 'none'; style-src 'self';"), path
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert ("nosniff", "private, no-store") == tuple(
                    answer.headers[name] for name in ("x-content-type-options", "cache-control")
                ), path
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", ann.get(work).text)
    image, file = ann.http.get(f"/covers/{cover[1]}"), ann.http.get(f"/files/{cover[1]}")
    assert ["image/jpeg", "application/epub+zip"] == [each.headers["content-type"] for each in (image, file)]
    for each in (image, file):
        assert "sandbox" in each.headers["content-security-policy"]
        assert "nosniff" == each.headers["x-content-type-options"]
    assert file.headers["content-disposition"].startswith("attachment;")


def test_static_files_are_kept_for_ever(ann: Browser) -> None:
    """The style sheet has its digest in its name and is kept; another name is not there."""
    name = re.search(r"static/(style\.[0-9a-f]{12}\.css)", ann.get("/").text)
    assert name
    answer = ann.http.get(f"/static/{name[1]}")

    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    for other in ("style.css", "style.000000000000.css", "..%2f..%2fpages.py"):
        assert 404 == ann.http.get(f"/static/{other}").status_code


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "../../x",
        "\tx",
        "a b",
        "x//e.example:1",
    ],
)
def test_no_way_out(past: RunningServer, wanted: str) -> None:
    """Signing in leads to a page of this server and nowhere else, whatever the form asks for."""
    browser = Browser(past)
    location = browser.send("/sign-in", name="ann", password=PASSWORD, wanted=wanted).headers["location"]

    assert "./" == location


def test_cookies(start: object, tmp_path: Path) -> None:
    """Cookies are read by no script and sent by no other site's form; behind HTTPS, over HTTPS only."""
    assert callable(start)
    server = start("--trusted-proxies", "127.0.0.1")
    command("user", "add", "ann", "--password-stdin", data=server.data, stdin=PASSWORD + "\n")
    for scheme, secure in (("http", False), ("https", True)):
        with httpx2.Client(base_url=server.base, trust_env=False, headers={"x-forwarded-proto": scheme}) as http:
            page = http.get("/")
            jar = page.headers["set-cookie"].partition(";")[0]
            token = re.search(r'name="token" value="(\w+)"', page.text)
            assert token
            fields = {"token": token[1], "name": "ann", "password": PASSWORD}
            answer = http.post("/sign-in", data=fields, headers={"cookie": jar})
            cookie = answer.headers.get_list("set-cookie")[0]
            assert ["HttpOnly", "SameSite=lax"] == [each for each in ("HttpOnly", "SameSite=lax") if each in cookie]
            assert secure == ("Secure" in cookie)


def test_sessions_are_no_tokens(past: RunningServer, ann: Browser) -> None:
    """A session opens no API, and an altered, shortened or made-up one opens no page."""
    session = ann.http.cookies["placekeeper"]
    head, _, signature = session.rpartition(".")
    bearer = {"authorization": f"Bearer {session}"}
    assert 401 == httpx2.get(past.base + "/api/works", headers=bearer).status_code
    later = head.rpartition(".")[0] + ".99999999999." + signature
    for forged in (f"{head}.{signature[::-1]}", later, "pk1" + session[3:], head, "", "x" * 5000, "a.b.c.d.e"):
        answer = httpx2.get(past.base + "/finished", headers={"cookie": f"placekeeper={forged}"})
        assert 303 == answer.status_code, forged


def test_api_from_a_page(ann: Browser, bob: Browser) -> None:
    """A session opens the API with the token of its forms in a header, with nothing else, and never from another site."""
    ann.get("/")
    right = {"x-csrf-token": ann.token}
    work = ann.work(ALICE).removeprefix("/works/")
    assert work in ann.http.get("/api/works", headers=right).text
    assert 200 == ann.http.post(f"/api/works/{work}/state", json={"state": "reading"}, headers=right).status_code
    wrong = [{}, {"x-csrf-token": ""}, {"x-csrf-token": bob.token}, {"x-csrf-token": ann.token[:-1]}]
    wrong += [right | dict([header]) for header in FOREIGN]
    wrong += [right | {"authorization": value} for value in ("Basic YW5uOmNvcnJlY3QgaG9yc2U=", "Bearer x", "Bearer")]
    for headers in wrong:
        assert 401 == ann.http.get("/api/works", headers=headers).status_code, headers
        assert 401 == ann.http.post("/api/tokens", json={"name": "x", "scopes": ["account"]}, headers=headers).status_code, (
            headers
        )

    assert work not in bob.http.get("/api/works", headers={"x-csrf-token": bob.token}).text


def test_session_ends_with_its_account(own: RunningServer) -> None:
    """A browser whose account is removed is signed out."""
    browser = Browser(own).sign_in()
    command("user", "remove", "ann", data=own.data)

    assert 303 == browser.http.get("/finished").status_code


def test_below_a_path_of_a_proxy(past: RunningServer, ann: Browser) -> None:
    """All links are relative, so the pages work below any path that a proxy takes away."""
    ann.get("/")
    for path in ("/", ann.work(ALICE), "/finished", "/works/none"):
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', ann.http.get(path).text)
        assert [] == [each for each in addresses if each.startswith(("/", "http"))], path
