"""How long things may be, and how they may be called."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "placekeeper"
FOLDERS = ("src", "tests", "bench", "sim", "tools")

MAX_FILE, MEDIAN_FILE = 400, 130
MAX_FUNCTION, P90_FUNCTION, MEDIAN_FUNCTION = 60, 30, 9
BANNED = ("utils", "util", "helpers", "helper", "common", "misc")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


@pytest.mark.parametrize("path", sources(*FOLDERS), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_too_long(path: Path) -> None:
    """No file has more than 400 lines, no function more than 60."""
    assert len(path.read_text("utf-8").splitlines()) <= MAX_FILE
    assert [] == [f"{f.name}: {length(f)}" for f in functions(path) if length(f) > MAX_FUNCTION]


def test_most_things_are_short() -> None:
    """In the product, half of the files have at most 130 lines; half of the functions 9, nine in ten 30."""
    files = [len(path.read_text("utf-8").splitlines()) for path in sources("src")]
    lengths = sorted(length(f) for path in sources("src") for f in functions(path))

    assert statistics.median(files) <= MEDIAN_FILE
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(len(lengths) * 0.9)] <= P90_FUNCTION


def test_names_say_what_things_are() -> None:
    """No module is called utils or helpers, no class is a Manager or a Helper."""
    modules = [path for path in sources(*FOLDERS) if path.stem in BANNED]
    classes = [
        node.name
        for path in sources("src")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Util"))
    ]

    assert [] == modules
    assert [] == classes


def test_modules_say_what_they_are_for() -> None:
    """Every module opens with a docstring; so does every test module, with what it claims."""
    silent = [str(path.relative_to(ROOT)) for path in sources(*FOLDERS) if not ast.get_docstring(ast.parse(path.read_text()))]

    assert [] == silent


def test_tests_state_claims() -> None:
    """Every test says in its docstring what it claims."""
    silent = [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path in sources("tests")
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert [] == silent
