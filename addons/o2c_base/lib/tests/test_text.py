import copy
import pickle
from decimal import Decimal

import pytest

from o2c_lib.o2c_base.lib.text import Text, joined, texts_of

fruit = texts_of("odoo.addons.o2c_fruit.lib.basket")


def test_reads_as_english():
    assert fruit("%(count)s apples", count=3) == "3 apples"
    assert f"{fruit('100 % juice')}" == "100 % juice"


def test_remembers_what_it_was_made_of():
    text = fruit("%(count)s apples", count=3)
    assert (text.addon, text.template, text.values) == ("o2c_fruit", "%(count)s apples", {"count": 3})


@pytest.mark.parametrize("module", ["odoo.addons.o2c_fruit.lib.a.b", "o2c_lib.o2c_fruit.lib.a"])
def test_knows_its_addon_wherever_it_is_imported_from(module):
    assert texts_of(module)("Plum").addon == "o2c_fruit"


def test_is_joined_with_texts_and_plain_values():
    apples = fruit("%(count)s apples", count=3)
    listed = joined([apples, Decimal("1.50"), "50 %"], separator=", ")
    assert listed == "3 apples, 1.50, 50 %"
    assert listed.values["part0"] is apples


@pytest.mark.parametrize("again", [copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_survives_a_copy(again):
    text = again(joined([fruit("%(count)s apples", count=3), "pie"]))
    assert isinstance(text, Text)
    assert text == "3 apples pie"
    assert text.values["part0"].template == "%(count)s apples"
