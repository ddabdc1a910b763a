"""Which kinds of orders the shoppers place when every kind is asked for."""

import random

from .control import World

# A parcel for each platform's limits is enough: 260 lines, 300 attempts to pay, 30 refunds.
ONCE = ("many_lines", "many_transactions", "many_refunds")
# To these anything may happen afterwards: paid at once, sent from the warehouse, several lines.
SEVERAL_LINES = ("multi_line", "mixed_vat", "fixed_discount", "discount_code")
# What bank transfers pay, and what the day's business mostly is.
OFTEN = {"payment_terms": 4, "bank_deposit": 2}


def deal(world: World, orders: int, seed: int) -> list[str]:
    """One kind for each order; the same seed gives the same deck.

    Every kind comes once, those of several lines twice more for all that happens to them, the rest by chance.
    """
    kinds = world.get("checkout/kinds")["kinds"]
    deck = (kinds + [kind for kind in kinds if kind in SEVERAL_LINES] * 2)[:orders]
    light = [kind for kind in kinds if kind not in ONCE]
    chance = random.Random(f"deck/{seed}")
    weights = [OFTEN.get(kind, 1) for kind in light]
    deck += chance.choices(light, weights, k=orders - len(deck))
    return deck
