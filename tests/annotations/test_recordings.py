"""Audiobooks that are folders: places name recordings as each app's manifest does."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.annotations.client import ANDROID, IOS, PalaceClient, moment
from tests.files import settled
from tests.formats.makers import mp3
from tests.opds.library import FILE, Reader, href, people
from tests.running import RunningServer


def test_places_name_recordings_as_the_manifest_does(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """IOS needs whole addresses in the manifest, Android takes relative ones; each is told places by its own names."""
    folder, data = tmp_path / "books" / "Emma read aloud", tmp_path / "data"
    folder.mkdir(parents=True)
    data.mkdir()
    for name in ("01 één.mp3", "02 zwei.mp3"):
        (folder / name).write_bytes(mp3(3.0, title=name))
        settled(folder / name)
    people(data)
    reader = Reader(start("--library", str(folder.parent)))
    reader.wait(1)
    (shown,) = reader.feed("/publications")["publications"]
    source = shown["metadata"]["identifier"]
    apps = [PalaceClient(reader.server.base, "ann", agent=agent, password="secret") for agent in (ANDROID, IOS)]
    names = {app.agent: [each["href"] for each in app.http.get(href(shown, FILE)).json()["readingOrder"]] for app in apps}

    assert ["01%20%C3%A9%C3%A9n.mp3", "02%20zwei.mp3"] == names[ANDROID]
    assert all(app.http.get(name).status_code == 200 for app in apps[1:] for name in names[IOS])
    for turn, (writer, other) in enumerate([apps, apps[::-1], apps]):
        said = {
            "@type": "LocatorAudioBookTime",
            "@version": 2,
            "readingOrderItem": names[writer.agent][1],
            "readingOrderItemOffsetMilliseconds": 500 + 700 * turn,
        }
        writer.idle(source, json.dumps(said), at=moment(turn - 10))

        assert said == writer.locator(source)
        assert said | {"readingOrderItem": names[other.agent][1]} == other.locator(source)
