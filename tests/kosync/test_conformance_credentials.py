"""KOSync's credentials: two headers, a key that means nothing to the server, names of all alphabets."""

import pytest

from tests.kosync.client import KosyncClient, fresh, md5

UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}
PLACE = {"document": "d", "progress": "1", "percentage": 0.1, "device": "Kobo"}

KEYS = [
    md5("password"),
    md5("password").upper(),
    "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
    "x",
    "not 32 hex characters",
    "pässwörd ☃",
    "with:colon",
    '"quoted" \\ %00 \t/',
    "k" * 1024,
]
"""What keys look like, and what they need not look like."""

NAMES = [
    "José",
    "Ærøskøbing",
    "Ωμέγα",
    "李小龙",
    "🦊 fox",
    "a b",
    "*",
    "%25",
    "a/b",
    '"quoted"',
    "back\\slash",
    "o'neill; --",
    "null",
]


def test_authorized(reader: KosyncClient) -> None:
    """[K-AUTH-1, K-AUTH-7] Name and key in two headers sign in."""
    assert {"authorized": "OK"} == reader.authorize()


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_opaque_keys(stranger: KosyncClient, key: str) -> None:
    """[K-AUTH-2, K-AUTH-3, K-AUTH-5, K-REG-1] The key given at registration signs in, whatever it looks like."""
    stranger.key = key
    stranger.register()

    assert {"authorized": "OK"} == stranger.authorize()
    assert "d" == stranger.push("d", "1", 0.1)["document"]


def test_keys_are_compared_exactly(reader: KosyncClient) -> None:
    """[K-AUTH-3] The same hex digits in capitals are another key; so is a part of the key, or more than the key."""
    assert reader.key.upper() != reader.key
    for key in (reader.key.upper(), reader.key[:-1], reader.key + "0", md5(reader.key)):
        assert UNAUTHORIZED == reader.who(reader.user, key).authorize(check=401)


def test_names_are_compared_exactly(reader: KosyncClient) -> None:
    """[K-AUTH-4] A name in capitals is another name, which may be registered."""
    other = reader.who(reader.user.upper(), "another key")

    assert UNAUTHORIZED == other.authorize(check=401)
    assert {"username": other.user} == other.register()
    assert UNAUTHORIZED == reader.who(other.user, reader.key).authorize(check=401)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_alphabets(stranger: KosyncClient, name: str) -> None:
    """[K-AUTH-4] A name may hold anything but a colon; it comes in UTF-8, in the body and in the header."""
    stranger.user = f"{name} {fresh('')}"

    assert {"username": stranger.user} == stranger.register()
    assert {"authorized": "OK"} == stranger.authorize()
    stranger.push("d", "1", 0.1)
    assert "1" == stranger.pull("d")["progress"]
    assert {"deleted": True} == stranger.delete()


def test_names_in_latin_1(stranger: KosyncClient) -> None:
    """A client that sends the header in Latin-1 is understood as long as that is no UTF-8."""
    stranger.user = fresh("Zoë")
    stranger.register()
    headers = {b"x-auth-user": stranger.user.encode("latin-1"), b"x-auth-key": stranger.key.encode()}
    answer = stranger.http.get(f"{stranger.base}{stranger.mount}/users/auth", headers=headers)

    assert (200, {"authorized": "OK"}) == (answer.status_code, answer.json())


MISSING = [
    {"x-auth-user": None, "x-auth-key": None},
    {"x-auth-user": None},
    {"x-auth-key": None},
    {"x-auth-user": ""},
    {"x-auth-key": ""},
    {"x-auth-user": "", "x-auth-key": ""},
]


@pytest.mark.parametrize("headers", MISSING, ids=range(len(MISSING)))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/auth"),
        ("PUT", "/syncs/progress"),
        ("GET", "/syncs/progress/d"),
        ("PUT", "/users/password"),
        ("DELETE", "/users/me"),
    ],
)
def test_missing_headers(reader: KosyncClient, method: str, path: str, headers: dict[str, str | None]) -> None:
    """[K-AUTH-6, K-ERR-2001] A missing or empty header is 401 with code 2001 wherever credentials are asked for."""
    body = {"json": PLACE | {"password": "new"}} if method == "PUT" else {}

    assert UNAUTHORIZED == reader.call(method, path, headers=headers, check=401, **body)
    reader.authorize()


def test_wrong_credentials_everywhere(reader: KosyncClient) -> None:
    """[K-AUTH-6] A wrong key or an unknown name is 401, with exactly the same answer: names can't be found out."""
    for name, key in ((reader.user, "wrong"), (fresh("unknown"), reader.key)):
        other = reader.who(name, key)
        assert UNAUTHORIZED == other.authorize(check=401)
        assert UNAUTHORIZED == other.push("d", "1", 0.1, check=401)
    wrong = reader.who(reader.user, "wrong")
    wrong.address = "10.8.0.1"
    assert UNAUTHORIZED == wrong.pull("d", check=401)
    assert UNAUTHORIZED == wrong.change_key("new", check=401)


def test_credentials_are_looked_at_first(reader: KosyncClient) -> None:
    """[K-AUTH-6] Who is not signed in learns nothing from the rest of the request, which may be broken."""
    other = reader.who(reader.user, "wrong")

    assert UNAUTHORIZED == other.call("PUT", "/syncs/progress", content=b"{", check=401)
    assert UNAUTHORIZED == other.call("GET", "/syncs/progress/x?ids=", check=401)
    assert UNAUTHORIZED == other.call("PUT", "/users/password", content=b"{", check=401)


@pytest.mark.parametrize("name", ["has:colon", ":", "tail:"])
def test_colon_in_the_header(reader: KosyncClient, name: str) -> None:
    """[K-AUTH-4] A name with a colon is nobody's: 401, even where an unknown account is 404."""
    other = reader.who(name, reader.key)

    assert UNAUTHORIZED == other.authorize(check=401)
    assert UNAUTHORIZED == other.delete(check=401)


def test_oversized_credentials(reader: KosyncClient) -> None:
    """Credentials longer than any account's can be are 401."""
    assert UNAUTHORIZED == reader.who("n" * 300, reader.key).authorize(check=401)
    assert UNAUTHORIZED == reader.who(reader.user, "k" * 2000).authorize(check=401)


def test_header_names_in_any_case(reader: KosyncClient) -> None:
    """The names of the headers may be written in capitals."""
    headers = {"X-AUTH-USER": reader.user, "X-Auth-Key": reader.key}
    answer = reader.http.get(f"{reader.base}{reader.mount}/users/auth", headers=headers)

    assert 200 == answer.status_code


def test_right_key_is_never_delayed_by_wrong_ones(stranger: KosyncClient) -> None:
    """Whoever guesses is slowed down, not whoever has the right key: not even from the same address, at once."""
    stranger.register()
    for number in range(5):
        stranger.who(stranger.user, f"guess {number}").authorize(check=401)
    answer = stranger.send("GET", "/users/auth")

    assert 200 == answer.status_code
    assert answer.elapsed.total_seconds() < 1
