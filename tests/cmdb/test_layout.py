"""The map's places: no box on another, every edge down, the same picture each time."""

from hypothesis import given
from hypothesis import strategies as st

from cmdb.layout import Sizes, draw

SIZES = Sizes()
graphs = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(list(range(n))),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40),
    )
)
acyclic = graphs.map(lambda graph: (graph[0], [(min(e), max(e)) for e in graph[1]]))


@given(graphs)
def test_no_box_lies_on_another_and_all_lie_inside(graph):
    nodes, edges = graph
    drawing = draw(nodes, edges)
    assert drawing.places.keys() == set(nodes)
    for x, y in drawing.places.values():
        assert 0 <= x <= drawing.width - SIZES.width
        assert 0 <= y <= drawing.height - SIZES.height
    spots = list(drawing.places.values())
    for at, (x, y) in enumerate(spots):
        for other_x, other_y in spots[at + 1 :]:
            assert abs(x - other_x) >= SIZES.width + SIZES.gap or abs(y - other_y) >= SIZES.height


@given(graphs)
def test_every_edge_goes_down_and_circles_are_opened(graph):
    nodes, edges = graph
    drawing = draw(nodes, edges)
    for line in drawing.lines:
        heights = [y for _x, y in line.points]
        assert heights == sorted(heights)
        upper, lower = drawing.places[line.upper], drawing.places[line.lower]
        assert lower[1] > upper[1]
        assert line.points[0] == (upper[0] + SIZES.width // 2, upper[1] + SIZES.height)
        assert line.points[-1] == (lower[0] + SIZES.width // 2, lower[1])
    drawn = {(line.upper, line.lower) for line in drawing.lines} | set(drawing.opened)
    assert drawn == {(a, b) for a, b in edges if a != b}


@given(acyclic)
def test_nothing_is_opened_where_there_is_no_circle(graph):
    assert draw(*graph).opened == []


@given(graphs, st.randoms())
def test_the_same_graph_gives_the_same_picture(graph, random):
    nodes, edges = graph
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert draw(nodes, edges) == draw(nodes, shuffled)


@given(acyclic)
def test_lines_that_pass_a_layer_go_between_its_boxes(graph):
    drawing = draw(*graph)
    for line in drawing.lines:
        for x, y in line.points[1:-1]:
            for node, (left, top) in drawing.places.items():
                inside = left <= x <= left + SIZES.width and top <= y <= top + SIZES.height
                assert not inside or node in (line.upper, line.lower)


def test_an_empty_map_is_empty():
    drawing = draw([], [])
    assert (drawing.width, drawing.height, drawing.places) == (0, 0, {})
