"""What an operator sees: health, metrics, logs."""

import json
from collections.abc import Callable

import httpx2

from tests.kosync.client import KosyncClient, md5, new_account
from tests.running import RunningServer


def metrics(server: RunningServer) -> dict[str, float]:
    page = httpx2.get(server.base + "/metrics").text
    rows = [line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in rows}


def test_health(start: Callable[..., RunningServer]) -> None:
    """A running server is live, and ready: its database takes writes."""
    server = start()

    assert [200, 200] == [httpx2.get(server.base + path).status_code for path in ("/livez", "/readyz")]


def test_metrics_count_what_happened(start: Callable[..., RunningServer]) -> None:
    """Requests, outcomes of the arbiter, commits and how credentials were checked are counted."""
    server = start()
    client = new_account(server.base)
    client.push("d1", "/body/p[1]", 0.1)
    client.push("d1", "/body/p[2]", 0.2)
    client.pull("d1")
    KosyncClient(server.base, client.user, md5("wrong")).authorize(check=401)
    counted = metrics(server)

    assert 2 == counted['placekeeper_requests_total{area="kosync",method="PUT",status="200"}']
    assert 1 == counted['placekeeper_requests_total{area="kosync",method="GET",status="401"}']
    assert 2 == counted['placekeeper_request_seconds_count{area="kosync",method="PUT"}']
    assert 1 == counted['placekeeper_readings_total{outcome="first",protocol="kosync"}']
    assert 1 == counted['placekeeper_readings_total{outcome="same-device",protocol="kosync"}']
    assert 1 == counted['placekeeper_credentials_total{how="refused"}']
    assert 2 <= counted['placekeeper_credentials_total{how="cache"}']
    assert 3 <= counted["placekeeper_commit_seconds_count"]
    assert counted["placekeeper_commit_units_sum"] >= counted["placekeeper_commit_seconds_count"]
    assert counted["process_resident_memory_bytes"] > 0


def test_paths_are_no_labels(start: Callable[..., RunningServer]) -> None:
    """What clients ask for never becomes a label: the number of series stays as it is, whatever they ask."""
    server = start()
    client = new_account(server.base)
    client.pull("one")
    before = len(metrics(server))
    for number in range(50):
        client.pull(f"document{number}")
        httpx2.request(f"VERB{number}", f"{server.base}/nothing/{number}")

    assert len(metrics(server)) <= before + 60


def test_log_lines_have_request_ids(start: Callable[..., RunningServer]) -> None:
    """With JSON logs, each refused request is one line with an id of its own, its status and its duration, and no secret."""
    server = start("--log-format", "json")
    client = new_account(server.base)
    client.key = md5("wrong")
    for _ in range(3):
        client.authorize(check=401)
    server.stop()
    lines = [json.loads(line) for line in server.log if line.startswith("{")]
    refused = [line for line in lines if line["event"] == "refused"]

    assert 3 == len({line["request"] for line in refused}) == len(refused)
    assert {(401, "GET", "Unauthorized")} == {(line["status"], line["method"], line["why"]) for line in refused}
    assert not any(client.key in line for line in server.log)
