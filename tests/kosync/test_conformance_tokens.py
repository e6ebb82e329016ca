"""Tokens as KOSync passwords, and what commands beside a running server change at once."""

from tests.kosync.client import KosyncClient, fresh, md5
from tests.running import RunningServer, command

UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}


def token_for(server: RunningServer, reader: KosyncClient, name: str, *scopes: str) -> KosyncClient:
    """A client that uses a new token as its password."""
    options = [word for scope in scopes for word in ("--scope", scope)]
    made = command("user", "token", reader.user, "--name", name, *options, data=server.data)
    return reader.who(reader.user, md5(made.stdout.strip()))


def test_token_as_password(proxied: RunningServer, reader: KosyncClient) -> None:
    """A token serves as the password that is typed into KOReader: its MD5 is the key, the token itself is not."""
    made = command("user", "token", reader.user, "--name", "Kobo", data=proxied.data).stdout.strip()
    device = reader.who(reader.user, md5(made))

    assert {"authorized": "OK"} == device.authorize()
    device.push("d", "1", 0.1)
    assert "1" == reader.pull("d")["progress"]
    assert UNAUTHORIZED == reader.who(reader.user, made).authorize(check=401)


def test_token_belongs_to_its_account(proxied: RunningServer, reader: KosyncClient, stranger: KosyncClient) -> None:
    """A token signs in with its account's name and with no other."""
    stranger.register()
    device = token_for(proxied, reader, "Kobo")

    assert UNAUTHORIZED == device.who(stranger.user, device.key).authorize(check=401)
    assert UNAUTHORIZED == device.who(fresh("nobody"), device.key).authorize(check=401)


def test_token_without_sync(proxied: RunningServer, reader: KosyncClient) -> None:
    """[K-AUTH-6] A token that may not sync signs nobody in here."""
    device = token_for(proxied, reader, "pages", "catalog")

    assert UNAUTHORIZED == device.authorize(check=401)
    assert UNAUTHORIZED == device.push("d", "1", 0.1, check=401)
    assert UNAUTHORIZED == device.pull("d", check=401)
    assert UNAUTHORIZED == device.delete(check=401)


def test_token_of_a_device_can_not_touch_the_account(proxied: RunningServer, reader: KosyncClient) -> None:
    """[K-AUTH-6] Nor does a token that may only sync change the password or delete the account."""
    device = token_for(proxied, reader, "Kobo")

    assert UNAUTHORIZED == device.change_key("mine now", check=401)
    assert UNAUTHORIZED == device.delete(check=401)
    reader.authorize()


def test_revoked_token(proxied: RunningServer, reader: KosyncClient) -> None:
    """A token that is revoked is dead at once, though it was remembered; password and other tokens are not."""
    lost, kept = token_for(proxied, reader, "Lost"), token_for(proxied, reader, "Kept")
    lost.push("d", "1", 0.1)
    lost.authorize()
    command("user", "token", reader.user, "--name", "Lost", "--revoke", data=proxied.data)

    assert UNAUTHORIZED == lost.authorize(check=401)
    assert UNAUTHORIZED == lost.push("d", "2", 0.2, check=401)
    assert UNAUTHORIZED == lost.pull("d", check=401)
    assert {"authorized": "OK"} == kept.authorize()
    assert "1" == reader.pull("d")["progress"]


def test_tokens_of_one_name(proxied: RunningServer, reader: KosyncClient) -> None:
    """Revoking a name revokes all tokens that have it, and a new one of that name is good."""
    first, second = token_for(proxied, reader, "Kobo"), token_for(proxied, reader, "Kobo")
    command("user", "token", reader.user, "--name", "Kobo", "--revoke", data=proxied.data)

    assert UNAUTHORIZED == first.authorize(check=401)
    assert UNAUTHORIZED == second.authorize(check=401)
    assert {"authorized": "OK"} == token_for(proxied, reader, "Kobo").authorize()


def test_new_password_by_command(proxied: RunningServer, reader: KosyncClient) -> None:
    """A password changed beside the running server counts at once, though the old one was remembered; tokens stay good."""
    device = token_for(proxied, reader, "Kobo")
    device.authorize()
    reader.push("d", "1", 0.1)
    password = fresh("secret")
    command("user", "passwd", reader.user, "--password-stdin", data=proxied.data, stdin=password + "\n")

    assert UNAUTHORIZED == reader.authorize(check=401)
    assert UNAUTHORIZED == reader.push("d", "2", 0.2, check=401)
    assert "1" == reader.who(reader.user, md5(password)).pull("d")["progress"]
    assert {"authorized": "OK"} == device.authorize()


def test_account_made_by_command(proxied: RunningServer, stranger: KosyncClient) -> None:
    """An account made beside the running server signs in at once, though its name and key were refused just before."""
    password = fresh("secret")
    stranger.key = md5(password)
    assert UNAUTHORIZED == stranger.authorize(check=401)
    command("user", "add", stranger.user, "--password-stdin", data=proxied.data, stdin=password + "\n")

    assert {"authorized": "OK"} == stranger.authorize()


def test_account_removed_by_command(proxied: RunningServer, reader: KosyncClient) -> None:
    """An account removed beside the running server is gone at once, with its tokens; its name is free."""
    device = token_for(proxied, reader, "Kobo")
    device.push("d", "1", 0.1)
    command("user", "remove", reader.user, data=proxied.data)

    assert UNAUTHORIZED == device.authorize(check=401)
    assert UNAUTHORIZED == reader.push("d", "2", 0.2, check=401)
    assert {"code": 2006, "message": "Account not found."} == reader.delete(check=404)
    reader.register()
    assert {} == reader.pull("d")


def test_latest_reading_wins_where_the_operator_says_so(proxied: RunningServer, reader: KosyncClient) -> None:
    """[K-PUT-5] With `arbiter=latest` an account has the reference server's behaviour: the latest push is the place."""
    command("user", "set", reader.user, "arbiter=latest", data=proxied.data)
    for number, percentage in enumerate((0.9, 0.001, 0.5, 0.1)):
        reader.on(f"Device {number}").push("d", str(number), percentage)
        assert (str(number), percentage) == tuple(reader.pull("d")[name] for name in ("progress", "percentage"))
