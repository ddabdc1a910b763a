import gc

from o2c_lib.o2c_reconciliation.lib.collector import at_rest
from o2c_lib.o2c_reconciliation.lib.matching import match_lines

from .noise import RULES, make_world


def test_matching_leaves_nothing_that_only_the_collector_could_free():
    world = make_world(3, 300)
    gc.collect()
    with at_rest():
        matches = match_lines(world.lines, world.items, RULES)
        assert len(matches) > 300
        del matches
        assert gc.collect() == 0
