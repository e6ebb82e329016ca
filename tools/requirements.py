"""Print uv.lock as requirements with hashes, so that pip installs exactly what uv would. Needs nothing but pip itself.

`python tools/requirements.py run` for serving, `dev` for the tests too.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

from pip._vendor.packaging.markers import Marker

LOCK = Path(__file__).parent.parent / "uv.lock"
PROJECT = "placekeeper"
EXTRAS = ("pdf", "covers", "watch")
"""What `make serve` has besides; the tests have all extras."""


def requirements(lock: dict[str, Any], *, dev: bool) -> list[str]:
    """One line for each package that this machine needs, hashes included. Raises KeyError for a lock that lacks one."""
    packages = {package["name"]: package for package in lock["package"]}
    project = packages[PROJECT]
    wanted = list(project.get("dependencies", []))
    for extra, dependencies in project.get("optional-dependencies", {}).items():
        wanted += dependencies if dev or extra in EXTRAS else []
    if dev:
        wanted += project["dev-dependencies"]["dev"]
    needed: dict[str, dict[str, Any]] = {}
    while wanted:
        dependency = wanted.pop()
        name, marker = dependency["name"], dependency.get("marker")
        if name in needed or (marker and not Marker(marker).evaluate()):
            continue
        package = needed[name] = packages[name]
        wanted += package.get("dependencies", [])
        for extra in dependency.get("extra", []):
            wanted += package["optional-dependencies"][extra]
    return [line(package) for _name, package in sorted(needed.items())]


def line(package: dict[str, Any]) -> str:
    """The requirement of one locked package."""
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    hashes = " ".join(f"--hash={file['hash']}" for file in files)
    return f"{package['name']}=={package['version']} {hashes}"


if __name__ == "__main__":
    print("\n".join(requirements(tomllib.loads(LOCK.read_text("utf-8")), dev=sys.argv[1:] == ["dev"])))
