"""The work grows with lines plus items. Steps are counted, so the machine's mood does not matter."""

from o2c_lib.o2c_reconciliation.lib.matching import Meter, match_lines

from .noise import RULES, make_world


def steps(size):
    meter = Meter()
    world = make_world(7, size)
    match_lines(world.lines, world.items, RULES, meter=meter)
    return meter.steps


def test_twice_the_lines_at_most_two_point_two_times_the_work():
    small, middle, large = steps(1000), steps(2000), steps(4000)
    assert small > 1000
    assert middle <= 2.2 * small
    assert large <= 2.2 * middle
