"""EPUB CFI as text: what is read, what is written, what comes first."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placekeeper.positions.cfi.reading import parse
from placekeeper.positions.cfi.syntax import (
    MAX_LENGTH,
    NOTHING,
    Assertion,
    Cfi,
    Offset,
    Path,
    Step,
    compare,
    format_cfi,
    sorting_key,
)
from placekeeper.positions.point import NoPlace

VALUES = st.text(min_size=1, max_size=8)
NAMES = st.text(alphabet="abcdefs-", min_size=1, max_size=5)
ASSERTIONS = st.builds(
    Assertion,
    st.lists(st.text(max_size=6), max_size=2).map(tuple).filter(lambda values: not values or bool(values[-1])),
    st.lists(st.tuples(NAMES, st.lists(VALUES, min_size=1, max_size=2).map(tuple)), max_size=2).map(tuple),
)
STEPS = st.builds(Step, st.integers(0, 10**15 - 1), ASSERTIONS)
NUMBERS = st.decimals(min_value=0, max_value=10**6, places=3)
OFFSETS = (
    st.builds(Offset, characters=st.integers(0, 10**15 - 1), assertion=ASSERTIONS)
    | st.builds(Offset, seconds=NUMBERS, assertion=ASSERTIONS)
    | st.builds(Offset, seconds=st.none() | NUMBERS, spot=st.tuples(NUMBERS, NUMBERS), assertion=ASSERTIONS)
)
PARTS = st.lists(STEPS, max_size=3).map(tuple)
HALVES = st.builds(Path, st.lists(PARTS, min_size=1, max_size=2).map(tuple), st.none() | OFFSETS)
WHOLES = st.builds(
    Path,
    st.tuples(st.lists(STEPS, min_size=1, max_size=2).map(tuple)) | st.tuples(st.lists(STEPS, min_size=1).map(tuple), PARTS),
    st.none() | OFFSETS,
)
CFIS = st.builds(Cfi, WHOLES) | st.builds(Cfi, WHOLES, HALVES, HALVES)


SPOT = Decimal(50), Decimal("0.5")


def steps(*indices: int) -> tuple[Step, ...]:
    return tuple(Step(index) for index in indices)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("epubcfi(/6/4!/4/2/1:3)", Cfi(Path((steps(6, 4), steps(4, 2, 1)), Offset(3)))),
        (" epubcfi( /06/4 ! /4/2/1:04 ) ", Cfi(Path((steps(6, 4), steps(4, 2, 1)), Offset(4)))),
        ("epubcfi(/6/4)", Cfi(Path((steps(6, 4),)))),
        ("epubcfi(/6/4!)", Cfi(Path((steps(6, 4), ())))),
        ("epubcfi(/6/4!:3)", Cfi(Path((steps(6, 4), ()), Offset(3)))),
        ("epubcfi(/6/4!/4~2.50@050:.5)", Cfi(Path((steps(6, 4), steps(4)), Offset(None, Decimal("2.5"), SPOT)))),
        ("book.epub#epubcfi(/6/4!/4)", Cfi(Path((steps(6, 4), steps(4))))),
        ("epubcfi(/6/4!epubcfi(/4/2/1:3))", Cfi(Path((steps(6, 4), steps(4, 2, 1)), Offset(3)))),
        ("epubcfi%28/6/4!%2F4%2F1%3A0)", Cfi(Path((steps(6, 4), steps(4, 1)), Offset(0)))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_reading(written: str, read: Cfi) -> None:
    """What engines write or read is read: zeros and blanks too many, no local path, URLs, escaped URLs."""
    assert read == parse(written)


@pytest.mark.parametrize(
    ("brackets", "read"),
    [
        ("[body01]", Assertion(("body01",))),
        ("[a^]b^^c^,d^(e^)f^;g^=h]", Assertion(("a]b^c,d(e)f;g=h",))),
        ("[entry-1661-7-18/1661:7!23 x@~]", Assertion(("entry-1661-7-18/1661:7!23 x@~",))),
        ("[a]b^c,d(e)f;g=h]", Assertion(("a]b^c,d(e)f;g=h",))),
        ("[xx,y]", Assertion(("xx", "y"))),
        ("[,y]", Assertion(("", "y"))),
        ("[;s=b]", Assertion((), (("s", ("b",)),))),
        ("[x,y;s=a;vnd.new=1,2;broken]", Assertion(("x", "y"), (("s", ("a",)), ("vnd.new", ("1", "2"))))),
        ("[]", NOTHING),
    ],
)
def test_brackets(brackets: str, read: Assertion) -> None:
    """Brackets hold anything: escapes, delimiters, parameters nobody knows, and the ids that epub.js leaves unescaped."""
    assert read == parse(f"epubcfi(/6/4!/4{brackets}/2)").path.parts[1][0].assertion
    assert read == parse(f"epubcfi(/6/4!/4/1:2{brackets})").path.offset.assertion  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("epubcfi(/6/4!/4,/2,/18/1:63)", "epubcfi(/6/4!/4/2)"),
        ("epubcfi(/6/4!/4/2[pg],,/8/2/1:77)", "epubcfi(/6/4!/4/2[pg])"),
        ("epubcfi(/6/2[r1]!,/4[body01],/4[body01])", "epubcfi(/6/2[r1]!/4[body01])"),
        ("epubcfi(/6/4!/4/2/1,:2,:5)", "epubcfi(/6/4!/4/2/1:2)"),
        ("epubcfi(/6,/4!/4/2,/6!/4/2)", "epubcfi(/6/4!/4/2)"),
        ("epubcfi(/6/4!/4,,)", "epubcfi(/6/4!/4)"),
    ],
)
def test_ranges(written: str, start: str) -> None:
    """A range begins where its first two parts lead, also where one of them is empty or only an offset."""
    assert parse(start).path == parse(written).point
    assert written == format_cfi(parse(written))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "/6/4!/4",
        "epubcfi",
        "epubcfi()",
        "epubcfi(!/4)",
        "EPUBCFI(/6/4)",
        "epubcfi(/6/4",
        "epubcfi(/6/4[a!/4)",
        "epubcfi(/6/x)",
        "epubcfi(/6/-4)",
        "epubcfi(/6/4!/4/1:x)",
        "epubcfi(/6/4!/4/1:5/2)",
        "epubcfi(/6/4!/4/1:5:6)",
        "epubcfi(/6/4!/4@5)",
        "epubcfi(/6/4!/4.2)",
        "epubcfi(/6/4,/2)",
        "epubcfi(/6/4,/2,/4,/6)",
        f"epubcfi(/6/{'9' * 5000})",
        f"epubcfi(/6/4!/4~{'9' * 5000})",
        f"epubcfi({'/2' * MAX_LENGTH})",
        "epubcfi(/6/\u0664)",
    ],
)
def test_what_is_no_cfi(value: str) -> None:
    """What is malformed, too long or has absurd numbers is refused with a message."""
    with pytest.raises(NoPlace) as raised:
        parse(value)
    assert str(raised.value)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(CFIS)
def test_what_is_written_is_read(cfi: Cfi) -> None:
    """Whatever a CFI says comes back after writing and reading it, and is written the same again."""
    written = format_cfi(cfi)

    assert cfi == parse(written)
    assert written == format_cfi(parse(written))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="epubcfi(/6!4[],^:~@;=1.% )", max_size=60))
@example("epubcfi(" + "[" * (MAX_LENGTH - 9) + ")")
@example("epubcfi(/6/4[" + "]^" * 8000 + ")%20")
@example("epubcfi(/6" + " " * 16000 + "x)")
def test_garbage(inner: str) -> None:
    """Any text is either a CFI, which can be written and read again, or refused."""
    for value in (inner, f"epubcfi({inner})", f"epubcfi(/6/4!/4{inner})"):
        try:
            cfi = parse(value)
        except NoPlace:
            continue
        assert cfi == parse(format_cfi(cfi))


def test_order() -> None:
    """CFIs sort as the specification rules: what is left out first, then characters, steps, seconds, spots, indirections."""
    ascending = [
        "epubcfi(/6/4)",
        "epubcfi(/6/4!/4/2)",
        "epubcfi(/6/4!/4/2,,/5:2)",
        "epubcfi(/6/4!/4/2/1)",
        "epubcfi(/6/4!/4/2/1:0)",
        "epubcfi(/6/4!/4/2/1:3)",
        "epubcfi(/6/4!/4/2/1:10)",
        "epubcfi(/6/4!/4/2,/1:10,/3:0)",
        "epubcfi(/6/4!/4/2,/1:10,/3:2)",
        "epubcfi(/6/4!/4/2/2)",
        "epubcfi(/6/4!/4/2/3:1)",
        "epubcfi(/6/4!/4/10@1:9)",
        "epubcfi(/6/4!/4/10@20:9)",
        "epubcfi(/6/4!/4/10@1:10)",
        "epubcfi(/6/4!/4/10~1)",
        "epubcfi(/6/4!/4/10~1.5@90:90)",
        "epubcfi(/6/4!/4/10~2)",
        "epubcfi(/6/4!/4/10!/2)",
        "epubcfi(/6/10!/4/2/1:0)",
    ]
    cfis = [parse(written) for written in ascending]

    assert [-1] * (len(cfis) - 1) == [compare(one, other) for one, other in pairwise(cfis)]
    assert ascending == sorted(sorted(ascending), key=lambda written: sorting_key(parse(written)))


def test_brackets_do_not_count_in_order() -> None:
    """Two CFIs that differ only in brackets are at the same place."""
    assert 0 == compare(parse("epubcfi(/6/4[x]!/4[y]/1:2[z;s=a])"), parse("epubcfi(/6/4!/4/1:2)"))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(CFIS, CFIS, CFIS)
def test_order_is_total(one: Cfi, two: Cfi, three: Cfi) -> None:
    """Comparing is antisymmetric and transitive for any three CFIs."""
    assert compare(one, two) == -compare(two, one)
    assert 0 == compare(one, one)
    first, second, third = sorted([one, two, three], key=sorting_key)
    assert compare(first, second) <= 0
    assert compare(second, third) <= 0
    assert compare(first, third) <= 0
