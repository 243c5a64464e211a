"""The network schematic: from 3 to 30 sites, no label on another."""

import random
from itertools import combinations, pairwise

import pytest

from core.ui.schematic import Flow, Place, layout

KINDS = ("own", "maker", "3pl")


def network(seed: int, count: int) -> tuple[list[Place], list[Flow]]:
    """Random sites in three clusters, and goods between some of them."""
    chance = random.Random(seed)
    centers = [(50, 10), (40, -90), (30, 115)]
    places = []
    for index in range(count):
        latitude, longitude = chance.choice(centers)
        places.append(
            Place(
                f"S{index:02}",
                chance.choice(["Tallinn factory", "Nordlager", "A contract manufacturer with a long name"]),
                chance.choice(KINDS),
                latitude + chance.uniform(-12, 12),
                longitude + chance.uniform(-18, 18),
                (("missing", "2 missing, 1 late"),),
                "€241,300",
            )
        )
    states = ("in_transit", "late", "planned")
    flows = [
        Flow(
            *(p.code for p in chance.sample(places, 2)),
            str(chance.randint(1, 9000)),
            f"TR-{n:04}, 27 Nov",
            states[n % 3],
        )
        for n in range(chance.randint(count // 2, count * 2))
    ]
    return places, flows


@pytest.mark.parametrize("count", range(3, 31))
def test_no_two_labels_overlap(count):
    for seed in range(3):
        drawing = layout(*network(100 * count + seed, count))

        assert not [pair for pair in combinations(drawing.label_boxes, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("count", [3, 8, 15, 30])
def test_labels_stay_inside_and_off_other_marks(count):
    drawing = layout(*network(count, count))

    for mark in drawing.marks:
        assert mark.box.left >= 0
        assert mark.box.right <= drawing.width
        assert mark.box.bottom <= drawing.height
        others = [other for other in drawing.marks if other is not mark]
        assert not any(
            mark.box.left < o.x + 9 and o.x - 9 < mark.box.right and mark.box.top < o.y + 9 < mark.box.bottom
            for o in others
        )


def test_places_keep_their_sides_of_the_world():
    chicago = Place("CHI", "Chicago", "own", 41.9, -87.6)
    tallinn = Place("TLL", "Tallinn", "own", 59.4, 24.7)
    porto = Place("OPO", "Porto", "own", 41.1, -8.6)

    marks = {mark.place.code: mark for mark in layout([chicago, tallinn, porto]).marks}

    assert marks["CHI"].x < marks["OPO"].x < marks["TLL"].x
    assert marks["TLL"].y < marks["OPO"].y


def test_goods_between_the_same_two_sites_share_a_lane():
    places, _flows = network(1, 4)
    flows = [Flow("S00", "S01", "12", "TR-1"), Flow("S01", "S00", "7", "TR-2", "late")]

    drawing = layout(places, flows)

    assert [lane.css for lane in drawing.lanes] == ["k-late"]
    assert [pill.text for pill in drawing.pills] == ["12", "7"]


def test_many_transfers_on_a_lane_are_counted():
    places, _flows = network(1, 3)

    [pill] = layout(places, [Flow("S00", "S01", str(n), f"TR-{n}") for n in range(5)]).pills

    assert (pill.text, pill.title) == ("5", "S00 → S01: 5, 5 transfers")


def test_the_same_network_is_drawn_the_same():
    assert layout(*network(7, 12)) == layout(*network(7, 12))


def test_one_site_and_sites_at_one_spot_are_drawn():
    same = [Place(code, code, "own", 50.0, 10.0) for code in "ABC"]

    assert len(layout(same[:1]).marks) == 1
    assert len({(mark.x, mark.y) for mark in layout(same).marks}) == 3


def test_goods_of_unknown_sites_are_left_out():
    places, _flows = network(1, 3)

    assert layout(places, [Flow("S00", "S99", "1", "TR-1")]).lanes == ()


def lines_of(drawing):
    """The straight pieces of all lanes, in pixels."""
    for lane in drawing.lanes:
        points = [tuple(map(float, point.split(","))) for point in lane.d.removeprefix("M").split(" L")]
        yield from pairwise(points)


@pytest.mark.parametrize("count", [3, 5, 8, 15])
def test_no_line_runs_through_a_label(count):
    for seed in range(5):
        drawing = layout(*network(100 * count + seed, count))
        labels = [box for pill in drawing.pills for box in pill.boxes[1:]]

        assert not [
            (box, line) for box in labels for line in lines_of(drawing) if box.is_crossed_by(*line[0], *line[1])
        ]


def test_a_lane_leaves_its_mark_without_a_loop():
    """Tallinn lies over Riga in one column; what goes from it to Porto passes Riga on the left."""
    places = [
        Place("CHI", "Chicago assembly", "own", 41.9, -87.6),
        Place("OPO", "Porto factory", "own", 41.1, -8.6),
        Place("TLL", "Tallinn factory", "own", 59.4, 24.7),
        Place("HAM", "Nordlager", "3pl", 53.5, 10.0),
        Place("RIX", "Lakkur Coating", "maker", 56.9, 24.1),
    ]
    drawing = layout(places, [Flow("TLL", "OPO", "6", "TR-1226, leaves 25 Nov", "planned")])
    top = min(mark.y for mark in drawing.marks)

    assert all(y >= top for line in lines_of(drawing) for _x, y in line)
