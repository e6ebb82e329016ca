"""Settings: where they come from, which one wins, and one clear line for each that is wrong."""

import os
import socket
from pathlib import Path

import pytest

from placekeeper.config import SETTINGS, load
from placekeeper.domain.errors import Misconfigured
from tests.running import clean_environment, command

GOOD = {
    "host": "0.0.0.0",
    "port": "1234",
    "data": "/srv/places",
    "registration": "pair",
    "public_url": "https://books.example.org/sync/",
    "trusted_proxies": "10.0.0.0/8,::1",
    "log_level": "debug",
    "log_format": "json",
    "body_limit": "2048",
    "header_limit": "2048",
    "request_timeout": "5",
    "idle_timeout": "6",
    "stop_timeout": "7",
    "connections": "99",
    "verifiers": "2",
    "credentials_remembered": "10",
    "library": "/srv/books:/srv/comics",
    "scan_interval": "60",
    "finished_from": "95",
    "session_days": "7",
    "quota": "5000",
    "upload_limit": "1073741824",
}
BAD = {
    "host": " ",
    "port": "70000",
    "data": "",
    "registration": "maybe",
    "public_url": "books.example.org",
    "trusted_proxies": "the proxy",
    "log_level": "loud",
    "log_format": "xml",
    "body_limit": "-1",
    "header_limit": "many",
    "request_timeout": "0",
    "idle_timeout": "1.5",
    "stop_timeout": "",
    "connections": "1",
    "verifiers": "0",
    "credentials_remembered": "0",
    "library": "",
    "scan_interval": "often",
    "finished_from": "101",
    "session_days": "0",
    "quota": "-1",
    "upload_limit": "10",
}


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_every_setting_from_every_source(name: str, tmp_path: Path) -> None:
    """Each setting can be given as an option, in the environment and in the file, and means the same in all three."""
    variable = f"PLACEKEEPER_{name.upper()}"
    (tmp_path / "placekeeper.toml").write_text(f'{name} = "{GOOD[name]}"')
    by_option = getattr(load({name: GOOD[name]}, {}), name)
    by_variable = getattr(load({}, {variable: GOOD[name]}), name)

    assert by_option == by_variable != getattr(load({}, {}), name)
    if name != "data":
        assert by_option == getattr(load({"data": str(tmp_path)}, {}), name)


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_every_bad_value_is_named(name: str) -> None:
    """A value that can't be is refused, with the name of where it stands and the value itself."""
    with pytest.raises(Misconfigured, match=f"--{name.replace('_', '-')}.*{BAD[name]!r}"):
        load({name: BAD[name]}, {})
    with pytest.raises(Misconfigured, match=f"PLACEKEEPER_{name.upper()}"):
        load({}, {f"PLACEKEEPER_{name.upper()}": BAD[name]})


def test_order_of_sources(tmp_path: Path) -> None:
    """An option beats the environment, the environment beats the file, the file beats the default."""
    (tmp_path / "placekeeper.toml").write_text("port = 1")
    data = {"data": str(tmp_path)}

    assert load({}, {}).port == 8090
    assert load(data, {}).port == 1
    assert load(data, {"PLACEKEEPER_PORT": "2"}).port == 2
    assert load(data | {"port": "3"}, {"PLACEKEEPER_PORT": "2"}).port == 3


def test_lists_and_numbers_of_the_file(tmp_path: Path) -> None:
    """The file may use TOML's own lists and numbers."""
    (tmp_path / "placekeeper.toml").write_text('trusted_proxies = ["10.0.0.0/8", "::1/128"]\nport = 99')
    settings = load({"data": str(tmp_path)}, {})

    assert (99, ["10.0.0.0/8", "::1/128"]) == (settings.port, [str(network) for network in settings.trusted_proxies])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "no setting 'prot'"),
        ("port = 1.5", "port"),
        ("port = true", "port"),
        ("port =", "can't be read"),
        ("[server]\nport = 1", "no setting 'server'"),
        ('data = "x"', "data can't be set"),
    ],
)
def test_mistakes_in_the_file(text: str, said: str, tmp_path: Path) -> None:
    """A mistake in placekeeper.toml is named: file, key and what is wrong with it."""
    (tmp_path / "placekeeper.toml").write_text(text)

    with pytest.raises(Misconfigured, match=said):
        load({"data": str(tmp_path)}, {})


def test_file_elsewhere(tmp_path: Path) -> None:
    """PLACEKEEPER_CONFIG names another file, which may set the data folder too; a missing one is an error."""
    file = tmp_path / "other.toml"
    file.write_text(f'data = "{tmp_path}"\nport = 7')
    settings = load({}, {"PLACEKEEPER_CONFIG": str(file)})

    assert (tmp_path, 7) == (settings.data, settings.port)
    with pytest.raises(Misconfigured, match="no file"):
        load({}, {"PLACEKEEPER_CONFIG": str(tmp_path / "none.toml")})


def test_unknown_variable() -> None:
    """A misspelt variable is an error, not a setting that silently does nothing."""
    with pytest.raises(Misconfigured, match="PLACEKEEPER_PROT"):
        load({}, {"PLACEKEEPER_PROT": "1"})


def one_line(*arguments: str, data: Path, env: dict[str, str] | None = None) -> str:
    """Run `placekeeper` so that it must fail; the one line that it says."""
    before = dict(os.environ)
    try:
        os.environ.update(env or {})
        done = command(*arguments, data=data, check=False)
    finally:
        os.environ.clear()
        os.environ.update(before)
    lines = done.stderr.strip().splitlines()

    assert done.returncode == 1
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("placekeeper: ")
    return lines[0]


def test_taken_port(tmp_path: Path) -> None:
    """A port that is in use is one clear line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert f"can't listen on 127.0.0.1 port {port}: Address already in use" in one_line(
            "serve", "--port", str(port), data=tmp_path
        )


def test_unusable_host(tmp_path: Path) -> None:
    """So is an address that is not this machine's."""
    assert "can't listen on 192.0.2.77" in one_line("serve", "--host", "192.0.2.77", data=tmp_path)


def test_unusable_folder(tmp_path: Path) -> None:
    """So is a data folder that can't be made, and one whose database is no database."""
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "placekeeper.sqlite3").write_bytes(b"this is no database" * 100)

    assert "can't be used" in one_line("serve", "--port", "0", data=tmp_path / "file" / "below")
    assert "can't be used: file is not a database" in one_line("user", "list", data=tmp_path / "bad")


def test_mistake_in_the_environment(tmp_path: Path) -> None:
    """So is a setting that does not exist."""
    environment = clean_environment() | {"PLACEKEEPER_PROT": "1"}
    import subprocess
    import sys

    failed = subprocess.run(
        [sys.executable, "-m", "placekeeper", "user", "list", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
    )

    assert (1, "placekeeper: PLACEKEEPER_PROT: there is no such setting\n") == (failed.returncode, failed.stderr)
