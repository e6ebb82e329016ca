"""The named scenes, played on the real services and the real storage."""

import pytest

from sim.scenes import SCENES
from sim.stage import Scene, play


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scene(scene: Scene) -> None:
    """Every step comes out as the scene tells it, and so does the place in the end."""
    assert () == play(scene).wrong


def test_names() -> None:
    """Each scene has a name of its own."""
    assert len(SCENES) == len({scene.name for scene in SCENES})
