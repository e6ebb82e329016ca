"""Devices: what each asked and told and what it got, why a document was not found, secrets and codes, guides."""

import re
from pathlib import Path

import pytest

from placekeeper.web.guides import GUIDES
from tests.kosync.client import KosyncClient, fresh, md5
from tests.opds_progression.client import ProgressionClient
from tests.opds_progression.client import document as place
from tests.running import RunningServer, command
from tests.shared import shared
from tests.web.browser import Browser
from tests.web.past import PASSWORD, digest_of

ALICE = "Alice's Adventures in Wonderland"
UNKNOWN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def reader(home: RunningServer) -> KosyncClient:
    """A new account that sees the library, on a Kobo."""
    name = fresh("reader")
    command("user", "add", name, "--password-stdin", data=home.data, stdin=PASSWORD + "\n")
    return KosyncClient(home.base, name, md5(PASSWORD), device="Kobo Libra", device_id="K1")


def browsing(kobo: KosyncClient) -> Browser:
    """The same account, in a browser."""
    return Browser(RunningAt(kobo.base)).sign_in(kobo.user)


class RunningAt:
    """As much of a server as a browser needs."""

    def __init__(self, base: str) -> None:
        self.base = base


def rows(browser: Browser) -> list[str]:
    """What stands under "Asked and told lately", a text for each row, without the time."""
    browser.get("/devices")
    _before, _, table = browser.text.partition("Asked and told lately")
    found = re.findall(r"<tr role=\"row\">(.*?)</tr>", table.partition("</table>")[0], flags=re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).replace("\N{NO-BREAK SPACE}", " ").split()) for row in found]


def test_asked_and_told(reader: KosyncClient) -> None:
    """Each question and each report stands there with what came of it, the newest first, once for each document."""
    reader.pull(UNKNOWN)
    for ratio in (0.1, 0.2):
        reader.push("d" * 32, f"/body/DocFragment[{ratio * 10:.0f}].0", ratio, metadata={"title": "Emma"})
    reader.pull("d" * 32)
    found = rows(browsing(reader))

    assert 3 == len(found)
    assert "Kobo Libra (by its address) KOSync Emma got your place: 20 %" in found[0]
    assert "Kobo Libra KOSync Emma told 20 %: your place now" in found[1]
    assert f"KOSync {UNKNOWN} got nothing: no place is known Why?" in found[2]


def test_other_protocols_are_there_too(reader: KosyncClient, home: RunningServer) -> None:
    """What Thorium and Palace ask is there as what KOReader asks is, with what each was told."""
    browser = browsing(reader)
    publication = re.search(r"covers/([0-9a-f-]{36})", Browser(home).sign_in().text)
    assert publication
    thorium = ProgressionClient(home.base, reader.user, publication[1], password=PASSWORD)
    thorium.send("GET")
    reader.push(
        digest_of(shared("corpus", "pg_alice.epub")), "/body/DocFragment[5]/body/div/p[3]/text().12", 0.3, device="Kobo Libra"
    )
    thorium.send("GET")
    found = rows(browser)

    assert "OPDS Progression" in found[0]
    assert "got your place, in its own words" in found[0]
    assert "told 30 %" in found[1]


def test_a_first_opening_has_a_name_later(reader: KosyncClient) -> None:
    """What a book got when it was opened for the first time has the book's name, once the device has told a place in it."""
    reader.pull(UNKNOWN)
    reader.push(UNKNOWN, "/body/DocFragment[2].0", 0.1, metadata={"title": "Emma"})
    found = rows(browsing(reader))

    assert "Emma got nothing: no place is known" in found[1]
    assert "Why?" not in found[1]


def test_asks_outlive_a_restart(tmp_path: Path) -> None:
    """What was asked is written down when the server stops."""
    command("user", "add", "ann", "--password-stdin", data=tmp_path, stdin=PASSWORD + "\n")
    first = RunningServer(tmp_path)
    KosyncClient(first.base, "ann", md5(PASSWORD)).pull(UNKNOWN)
    assert 0 == first.stop()
    second = RunningServer(tmp_path)
    found = rows(Browser(second).sign_in())
    second.kill()

    assert [f"somebody at 127.0.0.1 KOSync {UNKNOWN} got nothing: no place is known Why? {UNKNOWN}"] == [
        row.partition("ago ")[2] or row.partition("now ")[2] for row in found
    ]


def test_why_nothing_was_found(reader: KosyncClient) -> None:
    """A document that nobody knows is explained; linked to a book of mine, it is of it, and told no pointer of its file."""
    place = "/body/DocFragment[5]/body/div/p[3]/text().12"
    reader.push(digest_of(shared("corpus", "pg_alice.epub")), place, 0.4)
    other = reader.on("Boox", "B1")
    other.pull(UNKNOWN)
    browser = browsing(reader)
    browser.get(f"/devices/why?document={UNKNOWN}")
    assert "no device of yours has told a place in it under this name" in browser.words
    assert "No file of the library has this digest" in browser.words
    browser.get(f"/devices/why?document={UNKNOWN}&q=nosuchword")
    assert "None of the books that you read has these words" in browser.words
    browser.get(f"/devices/why?document={UNKNOWN}&q=wonderland")
    work = re.search(r'name="work" value="([^"]+)"', browser.text)
    assert work
    browser.submit("/devices/link", document=UNKNOWN, work=work[1])

    assert "That document belongs to the work now" in browser.words
    assert {} == other.pull(UNKNOWN)
    other.push(UNKNOWN, "/body/DocFragment[9].0", 0.6)
    assert "Boox" in browser.get(f"/works/{work[1]}").text
    browser.get(f"/devices/why?document={UNKNOWN}")
    assert "It belongs to this work now" in browser.words


def test_why_of_an_unread_book(reader: KosyncClient) -> None:
    """A document that is a book of the library which nobody has read yet is called by its name."""
    document = digest_of(shared("corpus", "pg_alice.epub"))
    reader.pull(document)
    browser = browsing(reader)
    browser.get(f"/devices/why?document={document}")

    assert "Found by KOReader's digest of the content" in browser.words
    assert f"It is {ALICE} , which you have not read on any device yet" in browser.words


def test_why_tells_strangers_nothing(home: RunningServer) -> None:
    """Who sees no library is not told whether a document is in it."""
    client = KosyncClient(home.base, fresh("stranger"), md5(PASSWORD))
    client.register()
    browser = browsing(client)
    for document in (digest_of(shared("corpus", "pg_alice.epub")), UNKNOWN):
        browser.get(f"/devices/why?document={document}")
        assert "This account does not see the library" in browser.words
        assert "Alice" not in browser.text


@pytest.mark.parametrize("document", ["", "\x00", "x" * 2000, "<script>alert(1)</script>", "%", "\N{GRINNING FACE}"])
def test_why_of_anything(reader: KosyncClient, document: str) -> None:
    """Whatever is asked about, there is a page, with nothing of it as markup."""
    browser = browsing(reader)
    answer = browser.http.get("/devices/why", params={"document": document})

    assert (200 if document else 400) == answer.status_code
    assert "<script" not in answer.text


def secret_on(browser: Browser) -> str:
    """The secret that a page shows."""
    found = re.search(r'class="secret">([a-z0-9]+)<', browser.text)
    assert found, browser.words
    return found[1]


def test_a_secret_of_its_own(reader: KosyncClient, home: RunningServer) -> None:
    """A device's secret is shown once, keeps places and reads the catalog, opens no page, and is dead once it is shut out."""
    browser = browsing(reader)
    browser.get("/apps/thorium")
    browser.submit("/devices/credentials", device="My laptop", app="thorium")
    secret = secret_on(browser)
    assert f"{home.base}/opds" in browser.words
    device = reader.who(reader.user, md5(secret))
    device.authorize()
    device.push("c" * 32, "/body/DocFragment[4].0", 0.4)
    assert 200 == browser.http.get("/opds/v2", auth=(reader.user, secret)).status_code
    assert "this is the secret of a device" in Browser(home).sign_in(reader.user, secret, status=401).words.lower()
    browser.get("/devices")
    assert secret not in browser.text
    credential = re.search(r'name="credential" value="([^"]+)"', browser.text)
    assert credential
    assert "My laptop told a place" in browser.words
    assert "My laptop KOSync" in rows(browser)[0]
    browser.submit("/devices/revoke", credential=credential[1])

    assert "Shut out" in browser.words
    assert "My laptop (shut out)" in browser.words
    device.authorize(check=401)
    reader.authorize()


def test_how_each_device_signs_in(reader: KosyncClient, home: RunningServer) -> None:
    """Only who signs in with the password is said to; an app that names itself, with whose secret; who is shut out, with none."""
    browser = browsing(reader)
    publication = re.search(r"covers/([0-9a-f-]{36})", Browser(home).sign_in().text)
    assert publication
    browser.get("/apps/thorium")
    browser.submit("/devices/credentials", device="My laptop", app="thorium")
    ProgressionClient(home.base, reader.user, publication[1], password=secret_on(browser)).put(place(0.3), check=201)
    browser.get("/apps/koreader")
    browser.submit("/devices/credentials", device="Old Kobo", app="koreader")
    reader.who(reader.user, md5(secret_on(browser))).push(UNKNOWN, "/body/DocFragment[5].0", 0.4)
    browser.get("/devices")
    credential = re.search(r'value="([^"]+)">Shut out<span class="unseen"> Old Kobo', browser.text)
    assert credential
    none_by_password = browser.words
    browser.submit("/devices/revoke", credential=credential[1])
    shut_out = browser.words
    reader.push(UNKNOWN, "/body/DocFragment[6].0", 0.5)
    browser.get("/devices")

    assert "signs in with the secret of My laptop" in none_by_password
    assert "My laptop has told no place yet" not in none_by_password
    assert "(by its address)" not in none_by_password
    assert "signs in with your password" not in none_by_password
    assert "Old Kobo (shut out)" in shut_out
    assert "signs in with your password" not in shut_out
    assert "signs in with your password" in browser.words
    assert "be shut out one by one" in browser.words


def test_nobody_shuts_out_anothers_device(reader: KosyncClient, home: RunningServer) -> None:
    """Another account's secret is one that does not exist."""
    mine, ann = browsing(reader), Browser(home).sign_in()
    mine.get("/apps/koreader")
    mine.submit("/devices/credentials", device="Mine", app="koreader")
    secret = secret_on(mine)
    credential = re.search(r'name="credential" value="([^"]+)"', mine.get("/devices").text)
    assert credential
    ann.get("/devices")
    ann.submit("/devices/revoke", 404, credential=credential[1])

    reader.who(reader.user, md5(secret)).authorize()


def test_a_code(reader: KosyncClient) -> None:
    """A code makes a device by its Register, once; it is announced as open until then, and never shown again."""
    browser = browsing(reader)
    browser.get("/apps/koreader")
    browser.submit("/devices/pair", device="Kobo of mine", app="koreader")
    code = secret_on(browser)
    assert 12 == len(code)
    browser.get("/devices")
    assert "A code for Kobo of mine is open" in browser.words
    assert code not in browser.text
    device = reader.who(reader.user, md5(code))
    device.register()
    device.authorize()
    assert 200 == browser.http.get("/opds/v2", auth=(reader.user, code)).status_code
    device.register(check=402)

    assert "A code for" not in browser.get("/devices").text
    assert "Kobo of mine" in browser.words


@pytest.mark.parametrize("name", ["", "   ", "a:b", "x" * 300, "a\nb"])
def test_names_that_none_can_be(reader: KosyncClient, name: str) -> None:
    """A device without a name, or with one that can't be, is refused in plain words, and nothing is made."""
    browser = browsing(reader)
    for form in ("pair", "credentials"):
        browser.get("/apps/koreader")
        browser.submit(f"/devices/{form}", 400, device=name, app="koreader")
        assert "a name has 1 to 255 characters" in browser.words.lower()
    browser.get("/devices")

    assert "No device has told a place yet" in browser.words


def test_wrong_passwords_are_told_to_their_owner(reader: KosyncClient, home: RunningServer) -> None:
    """Who was signed in as with a wrong password is told from where and how often; nobody else is."""
    for _ in range(2):
        reader.who(reader.user, md5("wrong")).authorize(check=401)
    browser = browsing(reader)
    browser.get("/devices")

    assert "Somebody at 127.0.0.1 has tried to sign in as you with a wrong password: 2 times" in browser.words
    assert "wrong password" not in Browser(home).sign_in().get("/devices").text
    reader.change_key(md5("battery staple"))
    reader.who(reader.user, md5("battery staple")).authorize()
    again = Browser(home).sign_in(reader.user, "battery staple")

    assert "wrong password" not in again.get("/devices").text


@pytest.mark.parametrize("guide", [guide.key for guide in GUIDES])
def test_guides(past: RunningServer, ann: Browser, guide: str) -> None:
    """Each app has a page, also for who has not signed in, with its address, a QR code, and a warning."""
    for browser in (ann, Browser(past)):
        browser.get(f"/apps/{guide}")
        assert past.base in browser.words
        assert 'class="qr"' in browser.text
        assert "an address that only this machine has" in browser.words
    assert "Make a password" in ann.words or "Make a password" in ann.get(f"/apps/{guide}").text


def test_no_such_guide(ann: Browser) -> None:
    """There is no page for an app that nobody knows."""
    ann.get("/apps/nook", 404)


def test_addresses_from_outside(tmp_path: Path) -> None:
    """With a public URL, that is what all guides say, whatever address the browser has used."""
    server = RunningServer(tmp_path, "--public-url", "https://books.example.org/reading")
    browser = Browser(server)
    for guide, address in (("koreader", "/kosync"), ("thorium", "/opds"), ("palace", "/opds/v1.2")):
        browser.get(f"/apps/{guide}")
        assert f"https://books.example.org/reading{address}" in browser.words
        assert "127.0.0.1" not in browser.text
        assert "only this machine" not in browser.words
    server.kill()
