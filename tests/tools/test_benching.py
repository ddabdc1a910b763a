"""Every bench that `./o2c bench` knows is there, and a figure says truly whether its goal is met."""

import ast
from pathlib import Path

import pytest

from bench.measuring import Sample, ratio
from bench.report import Figure
from tools.benching import BENCHES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", [bench.name for bench in BENCHES])
def test_a_bench_is_a_module_that_can_be_run(name):
    tree = ast.parse((ROOT / "bench" / f"{name}.py").read_text())
    assert ast.get_docstring(tree)
    [run] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run"]
    assert [argument.arg for argument in run.args.args] == ["bench"]


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("a", 1.2, at_most=1.2), True),
        (Figure("a", 1.21, at_most=1.2), False),
        (Figure("a", 3.0, at_least=3), True),
        (Figure("a", 2.9, at_least=3), False),
        (Figure("a", 2.9), None),
    ],
)
def test_a_goal_is_met_or_missed(figure, holds):
    assert figure.holds is holds
    assert ("MISSED" in str(figure)) is (holds is False)


def test_a_ratio_is_the_median_of_the_rounds():
    ours = [Sample(1.0, 1.0, 10), Sample(9.0, 2.0, 10), Sample(2.0, 3.0, 10)]
    stock = [Sample(1.0, 2.0, 10), Sample(1.0, 2.0, 5), Sample(1.0, 2.0, 10)]
    assert ratio(ours, stock) == 2.0
    assert ratio(ours, stock, "cpu") == 1.0
    assert ratio(ours, stock, "queries") == 1.0
