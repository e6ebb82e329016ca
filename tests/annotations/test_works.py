"""What a person does to works by hand, in the API, as Palace's apps see it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.annotations.client import BOOKMARKING, DEVICE, IDLING, IOS, TIME, PalaceClient, href_progression, moment, readium
from tests.opds_progression.conftest import Shelf
from tests.running import command

Maker = Callable[..., PalaceClient]
ONE, OTHER = "urn:isbn:9780000000002", "urn:uuid:0f2d6a1c-0000-4000-8000-00000000000a"
HEARD = (
    '{"@type":"LocatorAudioBookTime","@version":2,"readingOrderItem":"a.mp3",'
    '"readingOrderItemOffsetMilliseconds":%d,"timeStamp":"2024-07-25T16:33:12Z","annotationId":""}'
)


@pytest.fixture
def api(shelf: Shelf, user: str) -> Iterator[httpx2.Client]:
    made = command("user", "token", user, "--name", "api", "--scope", "account", data=shelf.running.data)
    headers = {"authorization": f"Bearer {made.stdout.strip()}"}
    with httpx2.Client(base_url=shelf.running.base + "/api", headers=headers, trust_env=False) as client:
        yield client


def works(api: httpx2.Client) -> list[str]:
    """Their ids, the one read last first."""
    return [each["id"] for each in api.get("/works").json()["works"]]


def restore_first(api: httpx2.Client) -> None:
    """Take back the place that was read first."""
    (work,) = works(api)
    first = api.get(f"/works/{work}/readings").json()["readings"][-1]["id"]
    assert 201 == api.post(f"/works/{work}/restore", json={"reading": first}).status_code


def values(items: list[dict[str, Any]], motivation: str) -> dict[str, str]:
    """The locators by source."""
    return {each["target"]["source"]: each["target"]["selector"]["value"] for each in items if each["motivation"] == motivation}


def test_a_place_that_was_taken_back(app: Maker, api: httpx2.Client) -> None:
    """It reaches the apps as a place of now, also where the library does not have the book."""
    palace, since = app(), moment(-1)
    palace.idle(ONE, href_progression("a", 0.2), at=moment(-100))
    palace.idle(ONE, href_progression("a", 0.9), at=moment(-50))
    restore_first(api)
    body = (palace.place(ONE) or {})["body"]

    assert [0.2, 0.2] == [each.locator(ONE)["progressWithinChapter"] for each in (palace, app(agent=IOS))]
    assert since <= body[TIME]
    assert "placekeeper" == body[DEVICE]


def test_a_time_that_was_taken_back(app: Maker, api: httpx2.Client) -> None:
    """In an audiobook, iOS believes the newer time, and looks for it within the locator."""
    palace, since = app(agent=IOS), moment(-1)
    palace.idle(ONE, HEARD % 5, at=moment(-100))
    palace.idle(ONE, HEARD % 9, at=moment(-50))
    restore_first(api)
    locator = palace.locator(ONE)

    assert 5 == locator["readingOrderItemOffsetMilliseconds"]
    assert since <= locator["timeStamp"]


def test_works_that_are_joined(app: Maker, api: httpx2.Client) -> None:
    """Each source keeps its bookmarks; where the place can't be told, it has what was read there last, not what arrived last."""
    palace = app()
    palace.idle(ONE, href_progression("a", 0.2), at=moment(-100))
    palace.idle(OTHER, href_progression("b", 0.9), at=moment(-50))
    marks = [palace.mark(each, href_progression("a", 0.3))["id"] for each in (ONE, OTHER)]
    into, joined = works(api)
    merge = api.post(f"/works/{into}/merge", json={"work": joined}).json()["id"]
    app(agent=IOS).idle(ONE, readium("a", 0.1, 0.1), at=moment(-200))
    items = palace.items()
    assert {ONE: href_progression("a", 0.2), OTHER: href_progression("b", 0.9)} == values(items, IDLING)
    assert set(marks) == {each["id"] for each in items if each["motivation"] == BOOKMARKING}
    assert 200 == api.post(f"/works/{into}/split", json={"merge": merge}).status_code

    assert {ONE: href_progression("a", 0.2), OTHER: href_progression("b", 0.9)} == values(palace.items(), IDLING)
