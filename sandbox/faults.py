"""Bad days, by rate and seed: which call fails, and how."""

import random
from dataclasses import dataclass, field

PLATFORMS = ("shopify", "mollie", "sendcloud", "webhooks")
CALL_KINDS = ("429", "500", "timeout_before", "timeout_after", "broken_json", "throttled")
DELIVERY_KINDS = ("duplicate", "delay", "reorder", "lose")


@dataclass
class Fault:
    """One rule. ``times`` None means without end; ``match`` is a part of path or operation."""

    platform: str
    kind: str
    rate: float = 1.0
    seed: int = 1
    times: int | None = None
    match: str | None = None
    used: int = 0
    _random: random.Random = field(default=None, repr=False)

    def __post_init__(self):
        self._random = random.Random(f"{self.seed}/{self.platform}/{self.kind}/{self.match}")

    def strikes(self, what):
        """Say whether this rule hits ``what`` now, and count it."""
        if self.times is not None and self.used >= self.times:
            return False
        if self.match and self.match.lower() not in what.lower():
            return False
        if self._random.random() >= self.rate:
            return False
        self.used += 1
        return True

    def as_json(self):
        return {
            "platform": self.platform,
            "kind": self.kind,
            "rate": self.rate,
            "seed": self.seed,
            "times": self.times,
            "match": self.match,
            "used": self.used,
        }


class Faults:
    """The rules of one world, in the order they were given."""

    def __init__(self):
        self.rules = []

    def add(self, data):
        """Add a rule from JSON; raise ValueError that says what is wrong with it."""
        platform, kind = data.get("platform"), str(data.get("kind"))
        if platform not in PLATFORMS:
            raise ValueError(f"platform must be one of {', '.join(PLATFORMS)}")
        kinds = DELIVERY_KINDS if platform == "webhooks" else CALL_KINDS
        if kind not in kinds:
            raise ValueError(f"kind for {platform} must be one of {', '.join(kinds)}")
        rate = float(data.get("rate", 1.0))
        if not 0.0 <= rate <= 1.0:
            raise ValueError("rate must be between 0 and 1")
        times = data.get("times")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a positive whole number or null")
        match = data.get("match")
        if match is not None and not isinstance(match, str):
            raise ValueError("match must be a text or null")
        rule = Fault(platform, kind, rate, data.get("seed", 1), times, match)
        self.rules.append(rule)
        return rule

    def clear(self):
        self.rules.clear()

    def draw(self, platform, what):
        """Return the kind of the first rule of ``platform`` that strikes ``what``, or None."""
        for rule in self.rules:
            if rule.platform == platform and rule.strikes(what):
                return rule.kind
        return None
