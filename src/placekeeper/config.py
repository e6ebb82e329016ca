"""Settings: one table of them all, read from options, environment and `placekeeper.toml`, in that order of weight.

Knows nothing of what the settings do. docs/configuration.md lists them, and a test holds the two together.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from placekeeper.domain.errors import Misconfigured

PREFIX = "PLACEKEEPER_"
FILE = "placekeeper.toml"
LAST_PORT = 65_535
END = "\0"
"""Ends each of several paths in one text: no path can hold it."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def default_data() -> Path:
    """The platform's folder for data of this user."""
    return Path(platformdirs.user_data_dir("placekeeper", appauthor=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a server. `given`: the names of those that were given anywhere, and are not what they are by default."""

    host: str = "127.0.0.1"
    port: int = 8090
    data: Path = field(default_factory=default_data)
    registration: str = "open"
    public_url: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    log_level: str = "info"
    log_format: str = "auto"
    body_limit: int = 65_536
    header_limit: int = 16_384
    request_timeout: int = 30
    idle_timeout: int = 20
    stop_timeout: int = 20
    connections: int = 2_048
    verifiers: int = 1
    credentials_remembered: int = 100_000
    library: tuple[Path, ...] = ()
    scan_interval: int = 3_600
    finished_from: int = 98
    session_days: int = 30
    quota: int = 1_000_000
    given: frozenset[str] = frozenset()
    upload_limit: int = 2 * 2**30

    @property
    def books(self) -> Path:
        """The server's own folder of books: what is uploaded."""
        return self.data / "books"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name, how its text is read, what it means. `repeats`: an option that may be given again."""

    name: str
    read: Callable[[str], Any]
    metavar: str
    help: str
    repeats: bool = False

    @property
    def option(self) -> str:
        """As an option."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """As an environment variable."""
        return PREFIX + self.name.upper()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return read


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be like https://books.example.org or https://example.org/books")
    return text.rstrip("/")


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _folders(text: str) -> tuple[Path, ...]:
    parts = text.split(END) if END in text else text.split(os.pathsep)
    folders = tuple(Path(part).expanduser() for part in parts if part.strip())
    if not folders:
        raise ValueError("must name a folder")
    return folders


SETTINGS: tuple[Setting, ...] = (
    Setting("host", _text, "H", "address to listen on; 0.0.0.0 or :: for all"),
    Setting("port", _whole(0, LAST_PORT), "P", "port to listen on; 0 takes a free one"),
    Setting(
        "data", lambda text: Path(_text(text)).expanduser(), "DIR", "folder with the database, and with placekeeper.toml if any"
    ),
    Setting(
        "registration",
        _one_of("open", "closed", "pair"),
        "MODE",
        "who may register: open (everybody), closed, pair (with a code)",
    ),
    Setting("public_url", _url, "URL", "where devices reach the server from outside, if that is not what it sees itself"),
    Setting("trusted_proxies", _networks, "CIDR,...", "proxies whose X-Forwarded-* headers are believed; none by default"),
    Setting("log_level", _one_of("debug", "info", "warning", "error"), "LEVEL", "debug also logs every request"),
    Setting("log_format", _one_of("auto", "text", "json"), "FORM", "auto: text on a terminal, JSON lines elsewhere"),
    Setting("body_limit", _whole(1024, 2**30), "BYTES", "largest request body; KOReader sends a few hundred bytes"),
    Setting("header_limit", _whole(1024, 2**20), "BYTES", "largest request head; KOReader sends about 400 bytes"),
    Setting(
        "request_timeout", _whole(1, 3600), "SECONDS", "how long a client may take to send one request; KOReader gives up after 5"
    ),
    Setting("idle_timeout", _whole(1, 3600), "SECONDS", "how long an idle connection is kept open"),
    Setting("stop_timeout", _whole(1, 3600), "SECONDS", "how long a stop waits for requests under way"),
    Setting("connections", _whole(8, 1_000_000), "N", "connections held at once; beyond, the one idle longest makes room"),
    Setting("verifiers", _whole(1, 64), "N", "argon2 computations at once, 19 MiB and one core each"),
    Setting("credentials_remembered", _whole(1, 100_000_000), "N", "verified credentials kept in memory, about 500 bytes each"),
    Setting("library", _folders, "DIR", "folder with books, read only; repeatable", repeats=True),
    Setting(
        "scan_interval", _whole(0, 31_536_000), "SECONDS", "how often the library's folders are scanned; 0: not by the clock"
    ),
    Setting("finished_from", _whole(1, 100), "PERCENT", "how far a book must be read to count as finished"),
    Setting("quota", _whole(0, 10**12), "N", "places and annotations that an account may keep; 0: any number"),
    Setting("upload_limit", _whole(2**20, 2**40), "BYTES", "largest form with books that an admin may upload at once"),
    Setting("session_days", _whole(1, 3650), "DAYS", "how long a browser stays signed in"),
)
"""Every setting: as an option, as an environment variable and as a key of placekeeper.toml."""

BY_NAME = {setting.name: setting for setting in SETTINGS}


def load(options: Mapping[str, str | list[str] | None], environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from options (by setting name, None: not given), environment and file.

    The file is `placekeeper.toml` in the data folder, or what PLACEKEEPER_CONFIG names. Raises Misconfigured.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    given = {name: _joined(text) for name, text in options.items() if text is not None}
    named = _from_environment(environ)
    place = given.get("data") or named.get("data")
    data = BY_NAME["data"].read(place) if place else default_data()
    for name, text in _from_file(environ.get(PREFIX + "CONFIG"), data).items():
        values[name] = _read(BY_NAME[name], text, f"{FILE}: {name}")
    for name, text in named.items():
        values[name] = _read(BY_NAME[name], text, BY_NAME[name].variable)
    for name, text in given.items():
        values[name] = _read(BY_NAME[name], text, BY_NAME[name].option)
    return Settings(**values, given=frozenset(values))


def _joined(value: str | list[str]) -> str:
    """An option's value as one text; what may be given again comes as a list."""
    return value if isinstance(value, str) else "".join(part + END for part in value)


def _read(setting: Setting, text: str, where: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        raise Misconfigured(f"{where}: {text.rstrip(END)!r}: {error}") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in BY_NAME or variable != BY_NAME[name].variable:
            raise Misconfigured(f"{variable}: there is no such setting")
        found[name] = text
    return found


NOT_SETTINGS = frozenset({PREFIX + "CONFIG", PREFIX + "SHARED"})
"""Variables of ours that are no settings: where the file is, and where the project's tests find their books."""


def _from_file(named: str | None, data: Path) -> dict[str, str]:
    path = Path(named).expanduser() if named else data / FILE
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if named:
            raise Misconfigured(f"{PREFIX}CONFIG: there is no file {path}") from None
        return {}
    except PermissionError as error:
        raise Misconfigured(f"{path} can't be read: run this as the user that owns the folder") from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path} can't be read: {error}; texts stand in quotes") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} can't be read: {error}") from error
    unknown = sorted(set(table) - set(BY_NAME))
    if unknown:
        raise Misconfigured(f"{path}: there is no setting {unknown[0]!r}")
    if "data" in table and not named:
        raise Misconfigured(f"{path}: data can't be set by the file in it; use --data or {PREFIX}DATA")
    return {name: _as_text(path, name, value) for name, value in table.items()}


def _as_text(path: Path, name: str, value: object) -> str:
    """A TOML value as the text that an option would have."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _joined(value) if BY_NAME[name].repeats else ",".join(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Misconfigured(f"{path}: {name}: {value!r} is no text and no whole number")
    return str(value)
