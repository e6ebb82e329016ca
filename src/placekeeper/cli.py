"""The command `placekeeper`. Every error is one clear line on standard error and a non-zero exit, never a traceback.

Commands on accounts work beside a running server, which notices what they change at once.
"""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from placekeeper import __version__
from placekeeper.config import BY_NAME, SETTINGS, Setting, Settings, load
from placekeeper.domain.account import Account, ArbiterMode, Scope
from placekeeper.domain.errors import InvalidRequest, Misconfigured, PlacekeeperError
from placekeeper.domain.ports import Ledger
from placekeeper.services import account_units, secrets
from placekeeper.services.accounts import chosen_registration
from placekeeper.storage.sqlite import SqliteStore

LIBRARY = BY_NAME["library"]
YES, NO = {"yes", "true", "on"}, {"no", "false", "off"}

NOTATIONS = ("xpointer", "cfi", "locator", "href-progression", "progression", "page", "text", "reference")

Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "command"):
        parser.print_help()
        return 2
    try:
        settings = load({setting.name: getattr(options, setting.name, None) for setting in SETTINGS})
        command: Command = options.command
        return command(options, settings)
    except PlacekeeperError as error:
        print(f"placekeeper: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="placekeeper", description="Keeps your place in every book, on every device.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"placekeeper {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    serve_parser = _add(commands, "serve", serve, "run the server")
    for setting in SETTINGS:
        _add_setting(serve_parser, setting)

    _add_locate(commands)
    _add_setting(_add(commands, "scan", scan, "scan the library's folders now, beside a running server or without one"), LIBRARY)

    backup_parser = _add(
        commands, "backup", backup, "copy the database of a running server, or of one that is stopped, into a file"
    )
    backup_parser.add_argument("file", metavar="FILE", help="the new file; one that is there already is left alone")

    user = commands.add_parser("user", help="accounts and their credentials", allow_abbrev=False)
    users = user.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = _add(users, "add", user_add, "make an account that sees the library", name=True)
    add.add_argument("--admin", action="store_true", help="may have tokens for the server's figures")
    passwd = _add(users, "passwd", user_passwd, "change an account's password", name=True)
    for command in (add, passwd):
        command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _add(users, "list", user_list, "list all accounts")
    _add(users, "remove", user_remove, "delete an account and all that belongs to it", name=True)
    change = _add(users, "set", user_set, "change a property: arbiter=rules|latest, admin=yes|no, library=yes|no", name=True)
    change.add_argument("properties", nargs="+", metavar="PROPERTY=VALUE")
    pair = _add(users, "pair", user_pair, "make a one-time code that a device redeems with KOReader's Register", name=True)
    pair.add_argument("--device", default="KOReader", metavar="NAME", help="what the device will be called")
    token = _add(users, "token", user_token, "make a token, or revoke one", name=True)
    token.add_argument("--name", dest="token_name", required=True, metavar="NAME", help="what the token is for")
    token.add_argument(
        "--scope", action="append", choices=[str(scope) for scope in Scope], help="what it may do; sync without one; repeatable"
    )
    token.add_argument("--revoke", action="store_true", help="revoke the tokens and devices of that name instead")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    word: str,
    command: Command,
    text: str,
    *,
    name: bool = False,
    data: bool = True,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(word, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    parser.set_defaults(command=command)
    if name:
        parser.add_argument("name", metavar="NAME", help="name of the account")
    if data and command is not serve:
        parser.add_argument("--data", metavar="DIR", help="the server's data folder")
    return parser


def _add_setting(parser: argparse.ArgumentParser, setting: Setting) -> None:
    action = "append" if setting.repeats else "store"
    parser.add_argument(setting.option, dest=setting.name, metavar=setting.metavar, help=setting.help, action=action)


def _add_locate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _add(commands, "locate", locate, "show one place of a book in every notation, with the text there", data=False)
    parser.add_argument("book", metavar="BOOK", help="an EPUB or FictionBook file; no server and no account is needed")
    parser.add_argument("place", metavar="PLACE", nargs="?", help="the place, as an app or a protocol writes it")
    parser.add_argument("--from", dest="notation", choices=NOTATIONS, help="its notation, where it can't be guessed")
    parser.add_argument(
        "--engine",
        default="",
        metavar="NAME",
        help="who wrote it: epub.js for a CFI of an app that uses that; also foliate-js, readium",
    )
    parser.add_argument("--in", dest="copy", metavar="COPY", help="another copy of the book: show the place there")
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    parser.add_argument("--batch", action="store_true", help="read lines of JSON from standard input, answer each with one")


def locate(options: argparse.Namespace, _settings: Settings) -> int:
    """Show places of a file."""
    import json

    from placekeeper import locate as locating
    from placekeeper.positions.point import NoPlace

    if options.batch == (options.place is not None):
        print("placekeeper: locate needs either a PLACE or --batch", file=sys.stderr)
        return 2
    try:
        locator = locating.open_locator(options.book, options.copy)
        if options.batch:
            for line in locating.batch(locator, sys.stdin.buffer):
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
            return 0
        row = locator.located(options.notation or locator.guessed(options.place), options.place, options.engine)
    except NoPlace as error:
        print(f"placekeeper: {error}", file=sys.stderr)
        return 1
    print(json.dumps(row, ensure_ascii=False) if options.json else locating.readable(row, locator.notes()))
    return 0


def scan(_options: argparse.Namespace, settings: Settings) -> int:
    """Scan the library's folders once."""
    from placekeeper import scan as scanning

    return scanning.main(settings)


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the database as it is now."""
    from placekeeper.storage import backup as copying

    print(f"{options.file} has {copying.main(settings.data, options.file):,} bytes")
    return 0


def serve(_options: argparse.Namespace, settings: Settings) -> int:
    """Run the server until it is told to stop."""
    from placekeeper import server
    from placekeeper.app import Placekeeper
    from placekeeper.connection import ServerLimits
    from placekeeper.telemetry import configure_logging

    json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    configure_logging(settings.log_level, json=json)
    app = Placekeeper(settings)
    listener = server.listen(settings.host, settings.port)
    for line in addresses(settings, listener.getsockname()[1], app.first_code):
        print(line, flush=True)
    limits = ServerLimits(
        header_bytes=settings.header_limit,
        request_seconds=settings.request_timeout,
        idle_seconds=settings.idle_timeout,
        stop_seconds=settings.stop_timeout,
        connections=settings.connections,
    )
    server.run(app, listener, limits)
    return 0


def addresses(settings: Settings, port: int, first_code: str = "") -> list[str]:
    """What `serve` prints: where to point devices. `first_code`: what the first admin is made with, where there is none."""
    from placekeeper.server import ANYWHERE, lan_address

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"Placekeeper {__version__} keeps its data in {settings.data.absolute()}"]
    if first_code:
        lines.append(f"There is no admin yet. Make one in a browser, at the address without /kosync; the code is {first_code}")
    if settings.public_url:
        lines.append(f"KOReader, custom sync server: {settings.public_url}/kosync")
    if settings.host not in ANYWHERE:
        lines.append(f"KOReader, custom sync server: http://{host}:{port}/kosync")
        if settings.host in {"127.0.0.1", "::1", "localhost"}:
            lines.append("Only this machine can reach it; --host 0.0.0.0 lets your devices in.")
        return lines
    lan = lan_address()
    if lan:
        lines.append(f"KOReader, custom sync server: http://{lan}:{port}/kosync")
    lines.append(f"On this machine: http://127.0.0.1:{port}/kosync")
    return lines


@contextmanager
def _ledger(settings: Settings, *, existing: bool = True) -> Iterator[Callable[..., object]]:
    """The store, for one unit at a time."""
    store = SqliteStore(settings.data, now_ms=_now(), existing=existing)
    try:
        yield store.run
    finally:
        store.close()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _password(options: argparse.Namespace) -> str:
    """The new password: asked for twice on a terminal, else the first line of standard input."""
    if options.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise InvalidRequest("the two passwords differ")
    else:
        raise InvalidRequest("no terminal to ask for a password on; use --password-stdin")
    if not password:
        raise InvalidRequest("the password is empty")
    return password


def user_add(options: argparse.Namespace, settings: Settings) -> int:
    """Make an account."""
    account_units.check_name(options.name)
    key_hash = secrets.hash_key(secrets.key_of(_password(options)))
    account = account_units.new_account(options.name, key_hash, _now(), admin=options.admin)
    with _ledger(settings, existing=False) as run:
        run(lambda ledger: account_units.add_account(ledger, account))
    print(f"{options.name} added")
    return 0


def user_passwd(options: argparse.Namespace, settings: Settings) -> int:
    """Give an account a new password. Its devices' own credentials stay as they are."""
    with _ledger(settings) as run:
        run(lambda ledger: account_units.account_named(ledger, options.name))
        key_hash = secrets.hash_key(secrets.key_of(_password(options)))
        run(lambda ledger: _change(ledger, options.name, key_hash=key_hash))
    print(f"password of {options.name} changed")
    return 0


def user_list(_options: argparse.Namespace, settings: Settings) -> int:
    """List all accounts, a line each."""

    def unit(ledger: Ledger) -> None:
        for account in ledger.accounts():
            marks = [word for word, is_so in (("admin", account.admin), ("library", account.library)) if is_so]
            marks += ["arbiter=latest"] if account.arbiter is ArbiterMode.LATEST else []
            names = sorted(c.name for c in ledger.credentials(account.id) if c.revoked_at is None)
            print("\t".join([account.name, " ".join(marks) or "sync", ", ".join(names)]).rstrip())

    with _ledger(settings) as run:
        run(unit)
    return 0


def user_remove(options: argparse.Namespace, settings: Settings) -> int:
    """Delete an account with all its readings."""

    def unit(ledger: Ledger) -> None:
        ledger.erase_account(account_units.account_named(ledger, options.name).id, _now())

    with _ledger(settings) as run:
        run(unit)
        while run(lambda ledger: ledger.purge(10_000)):
            pass
    print(f"{options.name} removed")
    return 0


def user_set(options: argparse.Namespace, settings: Settings) -> int:
    """Change properties of an account."""
    changes = dict(_property(text) for text in options.properties)
    with _ledger(settings) as run:
        run(lambda ledger: _change(ledger, options.name, **changes))
    print(f"{options.name}: {' '.join(options.properties)}")
    return 0


def _property(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    if name == "arbiter":
        with suppress(ValueError):
            return name, ArbiterMode(value)
    elif name in {"admin", "library"} and value in YES | NO:
        return name, value in YES
    raise Misconfigured(f"{text!r} is none of arbiter=rules|latest, admin=yes|no, library=yes|no")


def _change(ledger: Ledger, name: str, **changes: object) -> Account:
    account = account_units.revised(account_units.account_named(ledger, name), **changes)
    ledger.save_account(account)
    return account


def user_pair(options: argparse.Namespace, settings: Settings) -> int:
    """Print a one-time pairing code."""
    code = secrets.new_code()
    digest = secrets.digest_of(secrets.key_of(code))
    with _ledger(settings) as run:
        run(lambda ledger: account_units.open_pairing(ledger, options.name, digest, options.device, _now()))
        chosen = run(chosen_registration)
    if (settings.registration if "registration" in settings.given else chosen) == "closed":
        print("Registration is closed: until the server runs with open or pair, no device can redeem this.", file=sys.stderr)
    print(code)
    minutes = account_units.PAIRING_MINUTES
    text = f"On the device, within {minutes} minutes: Register as {options.name} with this code as password."
    print(text, file=sys.stderr)
    return 0


def user_token(options: argparse.Namespace, settings: Settings) -> int:
    """Print a new token, or revoke those of a name."""
    if options.revoke:
        return _revoke(options, settings)
    scopes = frozenset(Scope(scope) for scope in options.scope or [Scope.SYNC])
    token = secrets.new_token()
    digest = secrets.digest_of(secrets.key_of(token))

    def unit(ledger: Ledger) -> None:
        account = account_units.account_named(ledger, options.name)
        if Scope.ADMIN in scopes and not account.admin:
            raise InvalidRequest(f"{options.name} is no admin: a token of that scope would be worth nothing")
        account_units.add_credential(ledger, account, options.token_name, digest, scopes, _now())

    with _ledger(settings) as run:
        run(unit)
    print(token)
    return 0


def _revoke(options: argparse.Namespace, settings: Settings) -> int:
    def unit(ledger: Ledger) -> int:
        account = account_units.account_named(ledger, options.name)
        return account_units.revoke(ledger, account, options.token_name, _now())

    with _ledger(settings) as run:
        count = run(unit)
    if not count:
        raise Misconfigured(f"{options.name} has no token or device named {options.token_name!r}")
    print(f"{count} revoked")
    return 0
