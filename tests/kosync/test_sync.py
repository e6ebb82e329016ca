"""The story that everything is for: a place follows its reader from device to device."""

from tests.kosync.client import fresh, new_account
from tests.running import RunningServer


def test_place_follows_to_another_device(server: RunningServer) -> None:
    """What one device pushed, another one pulls: byte for byte, with the writer's name, id and time."""
    kobo = new_account(server.base, device="Kobo", device_id="K1")
    document = fresh("book")
    stored = kobo.push(document, "/body/DocFragment[11]/body/div/p[7]/text().123", 0.4213)

    assert {"document": document, "timestamp": stored["timestamp"]} == stored
    assert {
        "document": document,
        "progress": "/body/DocFragment[11]/body/div/p[7]/text().123",
        "percentage": 0.4213,
        "device": "Kobo",
        "device_id": "K1",
        "timestamp": stored["timestamp"],
    } == kobo.on("Kindle", "K2").pull(document)


def test_unknown_document(server: RunningServer) -> None:
    """A document that nobody read is 200 and an empty object: KOReader takes anything else for an error."""
    assert {} == new_account(server.base).pull(fresh("never"))
