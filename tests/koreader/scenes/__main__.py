"""KOReader's own plugin against a server: `python -m tests.koreader.scenes --base-url http://HOST:PORT[/PREFIX] [SCENE ...]`.

The server must let anybody register. With `--out DIR` the exchanges of each scene are kept as DIR/SCENE.jsonl. The exit
status is 1 when a check failed.
"""

import argparse
import sys
import traceback
from pathlib import Path

from tests.koreader.scenes import accounts, answers, offline, patience, reading, recorded, wire
from tests.koreader.scenes.scene import SCENES, Scene

PARTS = (recorded, accounts, reading, offline, answers, patience, wire)
"""Where scenes are told: importing them is what makes them known."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.koreader.scenes", description=str(__doc__).splitlines()[0])
    parser.add_argument("--base-url", required=True, help="where the server is, with or without /kosync")
    parser.add_argument("--out", type=Path, help="folder for traces")
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="all without any: " + ", ".join(SCENES))
    options = parser.parse_args()
    unknown = set(options.scenes) - set(SCENES)
    if unknown:
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    failed = []
    for name in options.scenes or SCENES:
        print(name)
        failed += [f"{name}: {what}" for what in play(name, options.base_url, options.out)]
    print(f"{len(failed)} failed" if failed else "all good")
    for line in failed:
        print("  ", line)
    return 1 if failed else 0


def play(name: str, base_url: str, out: Path | None) -> list[str]:
    """Play one scene; what failed in it. One that breaks must not hide the others."""
    scene = Scene(base_url)
    try:
        SCENES[name](scene)
    except Exception as error:  # noqa: BLE001 - whatever broke is told, and the next scene is played
        traceback.print_exc()
        scene.check(f"no {type(error).__name__}: {error}", good=False)
    finally:
        scene.end()
    if out:
        out.mkdir(parents=True, exist_ok=True)
        scene.rec.save(out / f"{name}.jsonl")
    return scene.failed


if __name__ == "__main__":
    sys.exit(main())
