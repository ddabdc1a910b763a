"""How a person divides a bank line: over documents, also in other currencies, and over models that book."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """One part of a bank line, in the line's currency and with its sign (money in is positive).

    :ivar asks: what a document has open, converted at the day's rate if it is in another currency; None
        for a model
    :ivar amount: what the person typed; None: nothing
    :ivar foreign: the document is in another currency than the line
    :ivar in_full: the line's amount pays a foreign document in full, whatever the day's rate says
    """

    asks: Decimal | None = None
    amount: Decimal | None = None
    foreign: bool = False
    in_full: bool = False

    @property
    def takes_rest(self) -> bool:
        return self.amount is None and (self.asks is None or self.in_full)


@dataclass(frozen=True)
class Division:
    """What each part takes of the line, and what they leave of it."""

    taken: tuple[Decimal, ...]
    left: Decimal


class NotDivisible(Exception):
    """The parts are no division of the line.

    :ivar reason: ``part`` (an amount that is no part of its document), ``rests`` (several parts without an
        amount want what the others leave), ``nothing`` (nothing is left for such a part), ``exceeds``
    :ivar place: of the part that is wrong
    :ivar amount: by which the parts exceed the line
    """

    def __init__(self, reason: str, *, place: int = 0, amount: Decimal = ZERO):
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.amount = amount


def divide(open_amount: Decimal, parts: list[Part]) -> Division:
    """Divide what a bank line has left.

    A part with an amount takes it. A document without one takes what it asks for; if it is foreign, as far
    as the line reaches. One model, or one foreign document that is to be paid in full, takes the rest.

    :raises NotDivisible: see there
    """
    rests = [place for place, part in enumerate(parts) if part.takes_rest]
    if len(rests) > 1:
        raise NotDivisible("rests", place=rests[1])
    taken = [_asked(place, part) for place, part in enumerate(parts)]
    left = open_amount - sum(amount for amount in taken if amount is not None)
    left = _shorten(parts, taken, open_amount, left)
    if rests:
        place = rests[0]
        if parts[place].in_full and left * parts[place].asks <= 0:
            raise NotDivisible("nothing", place=place)
        taken[place], left = left, ZERO
    # Plain documents may ask for more than the line has: they stay open with the rest.
    laid_out = any(part.asks is None or part.foreign or part.amount is not None for part in parts)
    if laid_out and left * open_amount < 0:
        raise NotDivisible("exceeds", amount=abs(left))
    return Division(tuple(taken), left)


def _asked(place: int, part: Part) -> Decimal | None:
    if part.amount is None:
        return None if part.takes_rest else part.asks
    if part.in_full:
        wrong = part.amount * part.asks <= 0
    else:
        wrong = part.asks is not None and not 0 < part.amount * part.asks <= part.asks * part.asks
    if wrong:
        raise NotDivisible("part", place=place)
    return part.amount


def _shorten(parts: list[Part], taken: list, open_amount: Decimal, left: Decimal) -> Decimal:
    """Let foreign documents without an amount, the last first, take no more than the line has."""
    for place in reversed(range(len(parts))):
        part = parts[place]
        if part.foreign and part.amount is None and not part.in_full and left * open_amount < 0:
            less = min(abs(left), abs(taken[place]))
            sign = 1 if open_amount > 0 else -1
            if taken[place] * sign > 0:
                taken[place] -= sign * less
                left += sign * less
                if not taken[place]:
                    raise NotDivisible("nothing", place=place)
    return left
