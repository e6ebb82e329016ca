"""What is sent wrongly, and what comes back of anything that is not."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placekeeper.protocols.web_annotations.containers import PAGE_SIZE
from placekeeper.protocols.web_annotations.documents import DEEPEST, LONGEST_SOURCE, MOST_SOURCES
from placekeeper.protocols.web_annotations.endpoints import BODY_BYTES, MOST_CHANGES
from placekeeper.services.annotating import MOST
from tests.house.test_docs import DOCS
from tests.web_annotations.client import WebClient, highlight

GOOD = b'{"type":"Annotation","target":"urn:x:1"%s}'
REFUSED: dict[str, tuple[str, Any]] = {
    "nothing": ("this is no JSON", b""),
    "half": ("this is no JSON", b'{"type": "Annotation"'),
    "no UTF-8": ("this is no JSON", GOOD % b',"x":"\xff"'),
    "NaN": ("this is no JSON", GOOD % b',"x":NaN'),
    "infinity": ("this is no JSON", GOOD % b',"x":[-Infinity]'),
    "half a pair": ("a text has half", GOOD % b',"x":["\\ud800"]'),
    "half a pair as key": ("a text has half", GOOD % b',"x":{"\\udc00":1}'),
    "half a pair as member": ("a text has half", GOOD % b',"\\udc00":1'),
    "deep": ("an annotation has at most", GOOD % b"".join([b',"x":', b"[" * 64, b"]" * 64])),
    "very deep": ("", GOOD % b"".join([b',"x":', b"[" * 100_000, b"]" * 100_000])),
    "a list": ("an annotation is a JSON object", [highlight()]),
    "null": ("an annotation is a JSON object", b"null"),
    "no type": ("type:", highlight(type=...)),
    "another type": ("type:", highlight(type="Banana")),
    "types of all kinds": ("type:", highlight(type=[1, {}, "AnnotationPage"])),
    "no target": ("target:", highlight(target=...)),
    "an empty target": ("target:", highlight(target="")),
    "no targets": ("target:", highlight(target=[])),
    "a target that is a number": ("target:", highlight(target=5)),
    "a target that is true": ("target:", highlight(target=True)),
    "a target that names nothing": ("target:", highlight(target={"selector": {"type": "CssSelector"}})),
    "a source of nothing": ("target:", highlight(target={"source": [None, 5, {"x": "y"}]})),
    "a long source": ("target:", highlight("urn:" + "x" * 4093)),
    "many sources": ("target:", highlight(target=[f"urn:{number}" for number in range(65)])),
    "an id that is a number": ("id:", highlight(id=5)),
    "an id that is a list": ("id:", highlight(**{"@id": ["urn:1"]})),
}
TAKEN: dict[str, Any] = {
    "a type among others": highlight(type=["x:Note", "Annotation"]),
    "the whole type": highlight(type="http://www.w3.org/ns/oa#Annotation"),
    "no context": highlight(**{"@context": ...}),
    "a context of its own": highlight(**{"@context": [{"x": "urn:x:"}, 5]}),
    "sixty-four levels": GOOD % b"".join([b',"x":', b"[" * 63, b"]" * 63]),
    "the longest source": highlight("urn:" + "x" * 4092),
    "motivations": highlight(motivation=["x:banana", {"id": "urn:y"}]),
    "a motivation that is a number": highlight(motivation=5),
    "no body": highlight(body=...),
    "bodies": highlight(body=["urn:tag", {"type": "Choice", "items": []}, None]),
    "a number beyond numbers": GOOD % b',"x":1e99999',
    "a number of many digits": GOOD % b"".join([b',"x":', b"9" * 4_000]),
    "blanks around": b" \r\n\t" + GOOD % b"" + b" \n",
    "nothing in a text": GOOD % b',"x":"\\u0000"',
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(app: WebClient, name: str) -> None:
    """What is no annotation is refused, in words that name what is wrong, and nothing is kept; nor does it change another."""
    words, said = REFUSED[name]
    made = app.post(highlight())

    assert app.post(said, check=400)["detail"].startswith(words)
    assert app.send("PUT", made["id"], said, check=400).json()["detail"].startswith(words)
    assert [made] == app.walk()


@pytest.mark.parametrize("name", TAKEN)
def test_taken(app: WebClient, name: str) -> None:
    """All else is the app's own affair, and comes back as it came."""
    said = TAKEN[name]
    made = app.post(said)
    sent = json.loads(said) if isinstance(said, bytes) else said

    assert {"id": made["id"]} | sent == made == app.get(made["id"])
    assert [made] == app.walk() == [each["annotation"] for each in app.changes()[0]]


def test_too_large(app: WebClient) -> None:
    """The largest annotation has 256 KiB; one byte more is too many, whatever it is."""
    frame = len(GOOD % b',"x":""')
    app.post(GOOD % b"".join([b',"x":"', b"y" * (262_144 - frame), b'"']))
    app.post(GOOD % b"".join([b',"x":"', b"y" * (262_145 - frame), b'"']), check=413)
    app.send("PUT", "0", b"x" * 262_145, check=413)

    assert 1 == app.get("")["total"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.dictionaries(
    TEXTS.filter(lambda name: name not in {"id", "@id", "via", "type", "@type", "target"}), JSON, max_size=5
)


@st.composite
def annotations(draw: st.DrawFn) -> dict[str, Any]:
    """Annotations with members in any order."""
    target = {"source": "urn:x:1", "selector": draw(JSON), **draw(MEMBERS)}
    members = list(
        {**draw(MEMBERS), "type": "Annotation", "target": draw(st.sampled_from([target, [target], "urn:x:2"]))}.items()
    )
    return dict(draw(st.permutations(members)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=annotations(), escaped=st.booleans())
def test_comes_back_equal(app: WebClient, said: dict[str, Any], *, escaped: bool) -> None:
    """Any annotation that is taken comes back with the same numbers, texts and order of keys, in each place where it stands."""
    sent = json.dumps(said, ensure_ascii=escaped)
    made = app.send("POST", "", sent.encode(), check=201)
    read = app.send("GET", made.headers["location"])

    for text in (made.text, read.text):
        back = json.loads(text)
        assert app.list == back.pop("id")[: len(app.list)]
        assert json.dumps(said) == json.dumps(back)
    changed = app.send("PUT", made.headers["location"], read.content)
    assert read.text == changed.text


def test_limits() -> None:
    """The limits are said where they are documented."""
    page = (DOCS / "protocols" / "web-annotations.md").read_text("utf-8")

    for limit in (MOST, DEEPEST, MOST_SOURCES, LONGEST_SOURCE, PAGE_SIZE, MOST_CHANGES, BODY_BYTES // 1024):
        assert f"{limit:,}" in page
