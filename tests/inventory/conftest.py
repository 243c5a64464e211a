"""What inventory's tests share."""

import pytest

from tests.inventory.levels_world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
