"""Which kinds of orders the shoppers place when every kind is asked for."""

import random

from .control import World

# A parcel for each platform's limits is enough: 260 lines, 300 attempts to pay, 30 refunds.
ONCE = ("many_lines", "many_transactions", "many_refunds")
# What bank transfers pay, and what the day's business mostly is.
OFTEN = {"payment_terms": 4, "bank_deposit": 2}


def deal(world: World, orders: int, seed: int) -> list[str]:
    """One kind for each order: every kind once, then by chance; the same seed gives the same deck."""
    kinds = world.get("checkout/kinds")["kinds"]
    deck = kinds[:orders]
    light = [kind for kind in kinds if kind not in ONCE]
    chance = random.Random(f"deck/{seed}")
    weights = [OFTEN.get(kind, 1) for kind in light]
    deck += chance.choices(light, weights, k=orders - len(deck))
    return deck
