"""Bodies as a broken or a bad client sends them: a clear refusal each, never an error of the server, and the place stays."""

import json
import random
from copy import deepcopy
from typing import Any

from tests.opds_progression.client import CURRENT, READIUM, ProgressionClient, at, document

BODIES = 250
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**40,
    "",
    "\0",
    "\ud800",
    "x" * 5_000,
    [],
    {},
    [[]],
    {"id": {}},
    "#t=1",
    "2026-03-01T12:00:00Z",
]


def mutated(chance: random.Random) -> bytes:
    """A document with something wrong, or nearly."""
    said: dict[str, Any] = document(chance.random(), at(chance.randrange(10**6)), references=["a.xhtml#b"], title="t")
    if chance.random() < 0.3:
        said = {"modified": at(1), "device": said["device"], "locator": {"href": "two.xhtml", "locations": {"progression": 0.5}}}
    for _ in range(chance.randint(1, 3)):
        where = chance.choice([said, *(each for each in said.values() if isinstance(each, dict))])
        where[chance.choice([*said, "id", "name", "href", "locations", "totalProgression", "fragments"])] = deepcopy(
            chance.choice(ODD)
        )
    body = bytearray(json.dumps(said).encode())
    for _ in range(chance.choice([0, 0, 0, 1, 5])):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body[: chance.choice([None, None, None, len(body) // 2])])


def test_mutated_documents(reader: ProgressionClient) -> None:
    """Whatever stands in a document, it is taken or refused; what is taken comes back as it was sent."""
    chance = random.Random(11)
    for _ in range(BODIES):
        body, type_ = mutated(chance), chance.choice([CURRENT, READIUM])
        answer = reader.send("PUT", content=body, headers={"content-type": type_})

        assert answer.status_code in {200, 201, 204, 400, 409}, (body, answer.text)
        if answer.status_code in {200, 201}:
            assert body == answer.content
        for path in (None, reader.path + "/readium"):
            assert reader.send("GET", path=path).status_code in {200, 204}, body


def test_texts_that_storage_must_bear(reader: ProgressionClient) -> None:
    """Long names, NUL and all of Unicode in a document come back as they were sent."""
    for second, name in enumerate(["x" * 10_000, "a\\u0000b", "\\U0001f4d6 \\u202e", "\\ufffd\\uffff"]):
        said = document(0.1, at(second), device={"id": "urn:x:" + "y" * 5_000, "name": name.encode().decode("unicode-escape")})
        body = json.dumps(said, ensure_ascii=False).encode()
        answer = reader.send("PUT", content=body, headers={"content-type": CURRENT})

        assert answer.status_code in {200, 201}, answer.text
        assert body == reader.stored()
        assert 200 == reader.send("GET", path=reader.path + "/readium").status_code
