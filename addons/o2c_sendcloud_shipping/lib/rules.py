"""Which shipping method an order gets: the first rule that fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar


@dataclass(frozen=True)
class Rule:
    """Empty countries, titles and upper bounds mean "any". Weight in kg, value in company currency."""

    key: int
    countries: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    min_weight: Decimal = Decimal(0)
    max_weight: Decimal = Decimal(0)
    min_value: Decimal = Decimal(0)
    max_value: Decimal = Decimal(0)


@dataclass(frozen=True)
class Consignment:
    country: str
    weight: Decimal
    value: Decimal
    titles: tuple[str, ...] = ()


AnyRule = TypeVar("AnyRule", bound=Rule)


def fits(rule: Rule, consignment: Consignment) -> bool:
    """Lower bounds are inclusive, upper bounds too; titles match by part, whatever their case."""
    if rule.countries and consignment.country not in rule.countries:
        return False
    if consignment.weight < rule.min_weight or consignment.value < rule.min_value:
        return False
    if rule.max_weight and consignment.weight > rule.max_weight:
        return False
    if rule.max_value and consignment.value > rule.max_value:
        return False
    if not rule.titles:
        return True
    return any(
        wanted.casefold() in title.casefold() for wanted in rule.titles for title in consignment.titles
    )


def first_fit(rules: Iterable[AnyRule], consignment: Consignment) -> AnyRule | None:
    return next((rule for rule in rules if fits(rule, consignment)), None)
