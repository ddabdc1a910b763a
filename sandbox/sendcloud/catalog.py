"""The shipping options that this account can choose from, and what they cost."""

from dataclasses import dataclass, field
from decimal import Decimal

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
CARRIERS = {
    "sendcloud": "Sendcloud",
    "postnl": "PostNL",
    "bpost": "bpost",
    "dhl": "DHL",
    "dpd": "DPD",
    "colissimo": "Colissimo",
    "dhl_express": "DHL Express",
}
CONTRACTS = {
    "sendcloud": (500, "Sendcloud"),
    "postnl": (517, "PostNL through Sendcloud"),
    "bpost": (518, "bpost through Sendcloud"),
    "dhl": (519, "DHL through Sendcloud"),
    "dpd": (520, "DPD, own contract"),
    "colissimo": (521, "Colissimo through Sendcloud"),
    "dhl_express": (522, "DHL Express, own contract"),
}


@dataclass(frozen=True)
class Option:
    """A way to send a parcel. ``prices``: up to this weight in kg, this price in euro, for each parcel.

    Without prices (an own contract whose prices Sendcloud does not know) there are no quotes. ``cancel`` says
    what happens to a request to cancel: "at once", "queued" or "never".
    """

    code: str
    name: str
    origins: frozenset
    destinations: frozenset
    prices: tuple = ()
    max_weight: Decimal = Decimal("23.001")
    lead_time: int = 24
    cancel: str = "at once"
    requires: tuple = ()
    functionalities: dict = field(default_factory=dict)

    @property
    def carrier(self):
        return self.code.partition(":")[0]

    @property
    def product(self):
        return self.code.partition("/")[0]

    @property
    def contract_id(self):
        return CONTRACTS[self.carrier][0]

    def functionality(self, name):
        return self.functionalities.get(name, FUNCTIONALITIES[name])

    @property
    def to_service_point(self):
        return self.functionality("last_mile") == "service_point"

    def price(self, weight):
        """Price in euro (Decimal) of a parcel of ``weight`` kg; None when there is no price for it."""
        for limit, price in self.prices:
            if weight <= Decimal(limit):
                return Decimal(price)
        return None

    def serves(self, origin, destination):
        return origin in self.origins and destination in self.destinations


FUNCTIONALITIES = {
    "age_check": None,
    "b2b": True,
    "b2c": True,
    "boxable": False,
    "bulky_goods": False,
    "carrier_billing_type": None,
    "cash_on_delivery": None,
    "dangerous_goods": False,
    "delivery_attempts": None,
    "delivery_before": None,
    "delivery_deadline": "best_effort",
    "direct_contract_only": False,
    "eco_delivery": False,
    "ers": False,
    "first_mile": "pickup_dropoff",
    "flex_delivery": False,
    "form_factor": "parcel",
    "fragile_goods": False,
    "fresh_goods": False,
    "harmonized_label": False,
    "id_check": False,
    "incoterm": None,
    "insurance": None,
    "labelless": False,
    "last_mile": "home_delivery",
    "manually": False,
    "multicollo": False,
    "neighbor_delivery": True,
    "non_conveyable": False,
    "personalized_delivery": False,
    "pick_up": False,
    "premium": False,
    "priority": None,
    "registered_delivery": False,
    "returns": False,
    "segment": None,
    "service_area": "domestic",
    "signature": False,
    "size": None,
    "sorted": False,
    "surcharge": False,
    "tracked": True,
    "tyres": False,
    "weekend_delivery": None,
}

NL, BE, FR, DE = (frozenset({code}) for code in ("NL", "BE", "FR", "DE"))
HOME = NL | BE
NEAR = frozenset({"NL", "BE", "DE", "FR", "LU", "AT"})
OUTSIDE = frozenset({"CH", "GB", "NO", "US"})
EVERYWHERE = EU | OUTSIDE
STEPS = ("2", "5", "10", "23.001")


def _steps(*prices):
    return tuple(zip(STEPS, prices, strict=True))


INTERNATIONAL = {"service_area": "international"}

OPTIONS = {
    option.code: option
    for option in (
        Option(
            "sendcloud:letter",
            "Unstamped letter",
            EVERYWHERE,
            EVERYWHERE,
            (("2", "0.00"),),
            Decimal("2"),
            cancel="queued",
            functionalities={"form_factor": "letter", "last_mile": "mailbox"},
        ),
        Option(
            "postnl:standard",
            "PostNL Standard",
            NL,
            HOME,
            _steps("6.10", "6.75", "7.20", "9.95"),
            functionalities={"multicollo": True},
        ),
        Option(
            "postnl:standard/signature",
            "PostNL Standard with signature",
            NL,
            HOME,
            _steps("7.45", "8.10", "8.55", "11.30"),
            functionalities={"multicollo": True, "signature": True},
        ),
        Option(
            "postnl:mailbox",
            "PostNL Mailbox parcel",
            NL,
            NL,
            (("2", "4.35"),),
            Decimal("2"),
            functionalities={"form_factor": "mailbox", "last_mile": "mailbox"},
        ),
        Option(
            "postnl:service_point",
            "PostNL pick-up point",
            NL,
            HOME,
            _steps("5.70", "6.35", "6.80", "9.55"),
            functionalities={"last_mile": "service_point"},
            requires=("to_email",),
        ),
        Option(
            "postnl:return/return",
            "PostNL Return",
            HOME,
            NL,
            _steps("6.05", "6.70", "7.15", "9.90"),
            functionalities={"returns": True},
        ),
        Option(
            "bpost:parcel",
            "bpack 24h Pro",
            HOME,
            BE,
            _steps("5.95", "6.60", "7.90", "10.40"),
            Decimal("30"),
            cancel="queued",
        ),
        Option(
            "dhl:parcel_connect",
            "DHL Parcel Connect",
            HOME,
            NEAR - HOME,
            _steps("9.40", "10.85", "13.20", "18.70"),
            Decimal("31.5"),
            48,
            requires=("to_telephone", "to_email"),
            functionalities=INTERNATIONAL,
        ),
        Option(
            "dhl:for_you",
            "DHL For You",
            NL,
            NL,
            _steps("5.85", "6.40", "6.95", "9.35"),
            functionalities={"multicollo": True, "eco_delivery": True},
        ),
        Option(
            "dhl:service_point",
            "DHL ServicePoint",
            HOME,
            NEAR,
            _steps("5.25", "5.90", "6.45", "8.95"),
            functionalities={"last_mile": "service_point"},
            requires=("to_email",),
        ),
        Option(
            "dpd:home",
            "DPD Home",
            HOME,
            EU,
            (),
            Decimal("31.5"),
            48,
            cancel="never",
            functionalities={"multicollo": True, "direct_contract_only": True},
        ),
        Option(
            "dpd:classic",
            "DPD Classic",
            HOME,
            NEAR,
            _steps("7.15", "7.80", "9.05", "12.60"),
            Decimal("31.5"),
            48,
            functionalities={"multicollo": True},
        ),
        Option(
            "dpd:return/return",
            "DPD Return",
            NEAR,
            HOME,
            _steps("7.40", "8.05", "9.30", "12.85"),
            Decimal("31.5"),
            functionalities={"returns": True},
        ),
        Option(
            "colissimo:home",
            "Colissimo Domicile",
            frozenset({"NL", "BE", "FR"}),
            FR,
            _steps("10.20", "12.15", "15.90", "23.40"),
            Decimal("30"),
            72,
            requires=("to_telephone", "to_email"),
            functionalities=INTERNATIONAL,
        ),
        Option(
            "dhl_express:worldwide/incoterm=dap",
            "DHL Express Worldwide, duties paid by the receiver",
            EU,
            OUTSIDE | EU,
            _steps("28.60", "36.90", "52.40", "88.10"),
            Decimal("70"),
            48,
            requires=("to_telephone", "to_email"),
            functionalities={**INTERNATIONAL, "incoterm": "dap", "priority": "express", "multicollo": True},
        ),
        Option(
            "postnl:parcels_non_eu",
            "PostNL Parcels outside the EU",
            NL,
            OUTSIDE,
            (("2", "19.95"), ("5", "27.50"), ("10", "39.80"), ("20", "58.30")),
            Decimal("20"),
            120,
            cancel="queued",
            requires=("to_email",),
            functionalities=INTERNATIONAL,
        ),
    )
}


def needs_customs(origin, destination):
    """Whether goods leave or enter the EU's customs territory."""
    return (origin in EU) != (destination in EU)
