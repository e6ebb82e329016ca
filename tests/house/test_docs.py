"""Documents and code agree."""

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from placekeeper import __version__
from placekeeper.cli import build_parser
from placekeeper.config import SETTINGS, Setting, Settings
from placekeeper.domain.arbiter import RULES
from placekeeper.domain.reading import Outcome

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"(?:\]\(|src=\"|srcset=\")([^)#\s\"]+)")


def commands(parser: argparse.ArgumentParser, words: str = "placekeeper") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """All commands without commands of their own, with the words that call them."""
    subs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not subs:
        yield words, parser
    for action in subs:
        for word, sub in action.choices.items():
            yield from commands(sub, f"{words} {word}")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_settings_are_documented(setting: Setting) -> None:
    """docs/configuration.md has a row for each setting: option, variable, key and the default that the code has."""
    page = (DOCS / "configuration.md").read_text("utf-8")
    row = next((line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |")), "")

    assert f"`{setting.option}`" in row
    assert f"`{setting.variable}`" in row
    default = getattr(Settings(), setting.name)
    if setting.name != "data":
        assert f"`{default}`" in row or (not default and "none" in row)


def test_every_setting_has_a_row_in_the_table() -> None:
    """The table of settings and the fields of Settings are the same."""
    assert {setting.name for setting in SETTINGS} == set(Settings.__dataclass_fields__) - {"given"}


def test_commands_are_documented() -> None:
    """docs/commands.md shows each command with each of its options."""
    page = (DOCS / "commands.md").read_text("utf-8")
    for words, parser in commands(build_parser()):
        section = page.partition(f"## `{words}`")[2].partition("\n## ")[0]
        options = [o for action in parser._actions for o in action.option_strings if o.startswith("--") and o != "--help"]

        assert section, words
        assert [] == [option for option in options if words != "placekeeper serve" and option not in section], words


def test_help_of_every_command() -> None:
    """Every command explains itself."""
    for words, _parser in commands(build_parser()):
        run = [sys.executable, "-m", "placekeeper", *words.split()[1:], "--help"]
        assert subprocess.run(run, capture_output=True).returncode == 0, words


def test_outcomes_are_documented() -> None:
    """docs/arbiter.md names every rule, in the order in which they are tried, and every outcome."""
    page = (DOCS / "arbiter.md").read_text("utf-8")
    named = [outcome for outcome in re.findall(r"^\|[^|]*\| `([a-z-]+)` \|", page, re.MULTILINE) if outcome in set(Outcome)]
    ordered = [str(rule.outcome) for rule in RULES]

    assert [str(outcome) for outcome in Outcome if f"`{outcome}`" not in page] == []
    assert [name for name in named if name in ordered][: len(ordered)] == ordered


def test_protocols_are_documented() -> None:
    """Each protocol module has a page of its own on the dialect as it is implemented."""
    modules = {path.stem.replace("_", "-") for path in (ROOT / "src/placekeeper/protocols").iterdir() if path.stem[:2] != "__"}

    assert modules <= {path.stem for path in (DOCS / "protocols").iterdir()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a document leads to a file that is there."""
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not re.match(r"[a-z]+:", link)]

    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_pictures_are_small() -> None:
    """A picture of the documents has at most 150 kB, and a document shows it."""
    pictures = set((DOCS / "pictures").iterdir())
    pages = "".join(page.read_text("utf-8") for page in PAGES)

    assert [] == [picture.name for picture in pictures if picture.stat().st_size > 150_000]
    assert {picture.name for picture in pictures} == set(re.findall(r"pictures/([\w.-]+)", pages))


def test_glossary_carries_the_words() -> None:
    """docs/glossary.md explains the words that the code is written in."""
    page = (DOCS / "glossary.md").read_text("utf-8").lower()
    words = ("account", "device", "work", "identifier", "notation", "noted place", "reading", "head", "progression", "outcome")

    assert [] == [word for word in words if f"**{word}**" not in page]


def test_changelog_has_this_version() -> None:
    """The changelog tells of the version that the code says it is."""
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_public_names_have_docstrings() -> None:
    """Public functions and classes of the product say what they are."""
    silent = []
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node) and not _is_local(path, node):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert [] == silent


def _is_local(path: Path, wanted: ast.AST) -> bool:
    """Whether a definition stands within a function: those are explained by where they are."""
    for outer in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [node for node in ast.walk(outer) if node is not outer and hasattr(node, "lineno")]
            if any(node.lineno == wanted.lineno for node in inner if isinstance(node, type(wanted))):
                return True
    return False
