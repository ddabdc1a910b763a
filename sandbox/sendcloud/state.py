"""One merchant's Sendcloud account: shipments, the labels they cost, and where the parcels are."""

import asyncio
import contextlib
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from . import checks, errors, notify, points, postcodes
from .catalog import OPTIONS, needs_customs
from .statuses import BEFORE_LABEL, CANCELLABLE, CANCELLED, CANCELLING, FINAL, STATUSES, code_of

PUBLIC_KEY = "sandbox-public"
SECRET_KEY = "sandbox-secret"
INTEGRATION_ID = 23452
USER_ID = 7781

SENDERS = {
    1: {
        "id": 1,
        "name": "Garden Lane warehouse",
        "company_name": "Garden Lane B.V.",
        "address_line_1": "Tuinlaan",
        "house_number": "12",
        "address_line_2": "",
        "postal_code": "1018 AB",
        "city": "Amsterdam",
        "country_code": "NL",
        "email": "warehouse@garden-lane.example",
        "phone_number": "+31201234567",
    },
    2: {
        "id": 2,
        "name": "Garden Lane Antwerpen",
        "company_name": "Garden Lane B.V.",
        "address_line_1": "Klapstraat",
        "house_number": "123",
        "address_line_2": "",
        "postal_code": "2000",
        "city": "Antwerpen",
        "country_code": "BE",
        "email": "antwerpen@garden-lane.example",
        "phone_number": "+3231234567",
    },
}
CANCELLATION = ("auto", "manual", "refuse")
# Sendcloud's published limits: calls a minute. Quotes are POSTs and use the same budget as labels.
WRITES_PER_MINUTE = 100
WRITES_PER_SECOND = 15
READS_PER_MINUTE = 1000
CANCEL_WITHIN = timedelta(days=42)


@dataclass
class Parcel:
    """``weight`` in kg. ``history``: [(status code, when, what the carrier said)]."""

    id: int
    number: int
    body: dict
    weight: Decimal
    created_at: object
    updated_at: object
    status: str = "ANNOUNCING"
    tracking_number: str = ""
    announced_at: object = None
    history: list = field(default_factory=list)


@dataclass
class Shipment:
    id: str
    body: dict
    option: object
    contract_id: int
    to_address: dict
    from_address: dict
    parcels: list
    created_at: object
    synchronous: bool = True
    errors: list = field(default_factory=list)
    service_point: dict | None = None
    due: object = None
    """When an announcement or a cancellation that was queued is carried out."""
    before_cancel: dict = field(default_factory=dict)
    is_return: bool = False

    @property
    def order_number(self):
        return self.body.get("order_number")

    @property
    def external_reference_id(self):
        return self.body.get("external_reference_id")

    @property
    def updated_at(self):
        return max(parcel.updated_at for parcel in self.parcels)


class Sendcloud:
    """The account of a world. Times are aware UTC datetimes of the world's clock."""

    def __init__(self, world):
        self.world = world
        self.shipments = {}
        self.parcels = {}
        self.references = {}
        self.returns = {}
        self.ledger = []
        self.told = []
        self.points = points.all_points()
        self.senders = SENDERS
        self.options = {"limits": False, "cancellation": "auto", "delay": 2.0, "geocoder": True}
        self.integration = {
            "shop_name": "Garden Lane",
            "shop_url": "https://garden-lane.example/",
            "service_point_enabled": True,
            "service_point_carriers": ["postnl", "dhl"],
            "webhook_active": False,
            "webhook_url": None,
            "feedback_type": "eager",
        }
        self.integration_changed = world.clock.now()
        self.secret = SECRET_KEY
        self.monotonic = time.monotonic
        self._calls = {True: deque(), False: deque()}

    # -- what the core of the sandbox asks

    def operation(self, method, path, body):
        return f"{method} {path}"

    def fault(self, kind):
        return errors.fault(kind)

    def credentials(self):
        return {
            "public_key": PUBLIC_KEY,
            "secret_key": SECRET_KEY,
            "webhook_signature_key": self.secret,
            "integration_id": INTEGRATION_ID,
        }

    def summary(self):
        sold = [row for row in self.ledger if row["direction"] == "outgoing"]
        return {
            "labels_sold": len(sold),
            "labels_cancelled": sum(row["cancelled"] for row in sold),
            "return_labels_sold": len(self.ledger) - len(sold),
        }

    # -- limits

    def spend(self, write):
        """Count a call; False when there were too many in the last minute (only with the option "limits")."""
        if not self.options["limits"]:
            return True
        now = self.monotonic()
        calls = self._calls[write]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= (WRITES_PER_MINUTE if write else READS_PER_MINUTE):
            return False
        if write and sum(call > now - 1 for call in calls) >= WRITES_PER_SECOND:
            return False
        calls.append(now)
        return True

    # -- labels are bought

    def announce(self, body, synchronous=True):
        """Buy the labels of a shipment. Returns (shipment, new).

        It is the first one, and not new, when its reference was used before, whatever the body says.
        Raises ``errors.Refused`` for what Sendcloud refuses before anything is bought.
        """
        reference = body.get("external_reference_id")
        if isinstance(reference, str) and reference in self.references:
            return self.references[reference], False
        option, contract_id, weights = checks.shipment(
            body, self.senders, self.points, 15 if synchronous else 50
        )
        sender = body["from_address"]
        if "sender_address_id" in sender:
            sender = {
                key: value for key, value in self.senders[sender["sender_address_id"]].items() if key != "id"
            }
        shipment = self._new_shipment(body, option, contract_id, sender, weights, synchronous)
        if option.to_service_point:
            shipment.service_point = checks.find_point(self.points, body["to_service_point"])
        if reference:
            self.references[reference] = shipment
        if synchronous:
            self._carry_out(shipment)
        else:
            self._later(shipment)
        return shipment, True

    def announce_return(self, body, option, weights):
        """Buy a return label; the same request again buys another."""
        sender = body["from_address"]
        shipment = self._new_shipment(body, option, option.contract_id, sender, weights, is_return=True)
        self._carry_out(shipment)
        return shipment

    def _new_shipment(self, body, option, contract_id, sender, weights, synchronous=True, is_return=False):
        now = self.world.clock.now()
        parcels = [
            Parcel(self.world.ids.sequence("sendcloud.parcel", 383707309), number, parcel, weight, now, now)
            for number, (parcel, weight) in enumerate(zip(body["parcels"], weights, strict=True), 1)
        ]
        token = self.world.ids.token("sendcloud.shipment", 32, "0123456789abcdef")
        shipment = Shipment(
            str(uuid.UUID(token)),
            body,
            option,
            contract_id,
            body["to_address"],
            sender,
            parcels,
            now,
            synchronous,
            is_return=is_return,
        )
        self.shipments[shipment.id] = shipment
        for parcel in parcels:
            parcel.history.append((parcel.status, now, STATUSES[parcel.status][1]))
            self.parcels[parcel.id] = parcel, shipment
        return shipment

    def _carry_out(self, shipment):
        """What the carrier answers: labels with tracking numbers, or a refusal and nothing bought."""
        to = shipment.to_address
        refusal = None
        if not postcodes.believable(to["country_code"], to["postal_code"]):
            refusal = (
                f"{shipment.option.name} service error: the postal code {to['postal_code']} is not valid."
            )
        elif shipment.option.code == "bpost:parcel" and not to.get("house_number"):
            refusal = "bpost service error: the house number of the receiver is missing."
        if refusal:
            shipment.errors = [errors.error(500, "parcel_announcement_error", refusal)]
            for parcel in shipment.parcels:
                self._set_status(shipment, parcel, "ANNOUNCEMENT_FAILED")
            return
        for parcel in shipment.parcels:
            parcel.announced_at = self.world.clock.now()
            parcel.tracking_number = self._tracking_number(shipment)
            self._set_status(shipment, parcel, "READY_TO_SEND")
        prices = [shipment.option.price(parcel.weight) for parcel in shipment.parcels]
        self.ledger.append(
            {
                "shipment_id": shipment.id,
                "external_reference_id": shipment.external_reference_id,
                "order_number": shipment.order_number,
                "direction": "return" if shipment.is_return else "outgoing",
                "shipping_option_code": shipment.option.code,
                "parcel_ids": [parcel.id for parcel in shipment.parcels],
                "tracking_numbers": [parcel.tracking_number for parcel in shipment.parcels],
                "service_point": (shipment.service_point or {}).get("name"),
                "cancelled": False,
                "price": None if None in prices else str(sum(prices)),
                "currency": "EUR",
            }
        )

    def _tracking_number(self, shipment):
        number = self.world.ids.sequence(f"sendcloud.tracking.{shipment.option.carrier}")
        prefix = {
            "postnl": "3SGARD",
            "bpost": "3232",
            "dhl": "JVGL",
            "dpd": "0150",
            "colissimo": "6A",
            "dhl_express": "17",
            "sendcloud": "SC",
        }[shipment.option.carrier]
        return f"{prefix}{self.world.seed % 1000:03d}{number:08d}"

    # -- what happens later

    def _later(self, shipment):
        delay = self.options["delay"]
        shipment.due = self.world.clock.now() + timedelta(seconds=delay)
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().call_later(delay + 1, self.tick)

    def tick(self, everything=False):
        """Carry out queued announcements and cancellations that are due (``everything``: all of them)."""
        now = self.world.clock.now()
        for shipment in [item for item in self.shipments.values() if item.due]:
            if not everything and shipment.due > now:
                continue
            status = shipment.parcels[0].status
            if status in CANCELLING:
                if self.options["cancellation"] == "manual" and not everything:
                    continue
                self.finish_cancellation(shipment, self.options["cancellation"] != "refuse")
            else:
                shipment.due = None
                self._carry_out(shipment)

    # -- cancelling

    def cancel(self, shipment):
        """Ask to cancel; returns (HTTP status, status word, message), or raises ``Refused`` with 409."""
        states = {parcel.status for parcel in shipment.parcels}
        if states <= CANCELLED:
            raise errors.refuse(409, "invalid", "This shipment is already cancelled.")
        if states & CANCELLING:
            raise errors.refuse(409, "invalid", "This shipment is already being cancelled.")
        if states <= {"ANNOUNCEMENT_FAILED"}:
            self._cancelled(shipment)
            return 200, "cancelled", "Shipment has been cancelled"
        if not states <= CANCELLABLE or shipment.option.cancel == "never":
            raise errors.refuse(409, "invalid", "This shipment cannot be cancelled (anymore).")
        if self.world.clock.now() - shipment.created_at > CANCEL_WITHIN:
            raise errors.refuse(409, "invalid", "This shipment was announced more than 42 days ago.")
        if shipment.option.cancel == "queued":
            for parcel in shipment.parcels:
                self._set_status(shipment, parcel, "CANCELLING")
            self._later(shipment)
            return 202, "queued", "Shipment cancellation has been queued"
        self._cancelled(shipment)
        return 200, "cancelled", "Shipment has been cancelled"

    def finish_cancellation(self, shipment, accepted):
        """The carrier answers a queued cancellation."""
        shipment.due = None
        if accepted:
            self._cancelled(shipment)
            return
        for parcel in shipment.parcels:
            self._set_status(shipment, parcel, "CANCELLATION_FAILED")

    def _cancelled(self, shipment):
        for parcel in shipment.parcels:
            self._set_status(shipment, parcel, "CANCELLED")
        for row in self.ledger:
            if row["shipment_id"] == shipment.id:
                row["cancelled"] = True

    # -- carriers scan

    def scan(self, to, parcel_ids=None, when=None, message=None):
        """A carrier scans parcels (None: all that are under way); returns those whose status changed."""
        code = code_of(to)
        if parcel_ids is None:
            chosen = [
                pair
                for pair in self.parcels.values()
                if pair[0].status not in FINAL | CANCELLING | BEFORE_LABEL and not pair[1].is_return
            ]
        else:
            unknown = [parcel_id for parcel_id in parcel_ids if parcel_id not in self.parcels]
            if unknown:
                raise ValueError(f"There is no parcel {', '.join(map(str, unknown))}.")
            chosen = [self.parcels[parcel_id] for parcel_id in parcel_ids]
        for parcel, shipment in chosen:
            self._set_status(shipment, parcel, code, when, message)
        return [parcel for parcel, _shipment in chosen]

    def _set_status(self, shipment, parcel, code, when=None, message=None):
        parcel.status = code
        parcel.updated_at = self.world.clock.now()
        parcel.history.append((code, when or parcel.updated_at, message or STATUSES[code][1]))
        notify.status_changed(self, shipment, parcel, when)

    # -- quotes

    def quotable(self, origin, destination, weights, wanted):
        """The options for a request, ``wanted`` being its filters; with more than one parcel only
        multicollo.
        """
        found = []
        for option in OPTIONS.values():
            if not option.serves(origin, destination) or any(
                weight > option.max_weight for weight in weights
            ):
                continue
            if len(weights) > 1 and not option.functionality("multicollo"):
                continue
            if all(_matches(option, name, value) for name, value in wanted.items()):
                found.append(option)
        return found

    def customs_needed(self, shipment):
        return needs_customs(shipment.from_address["country_code"], shipment.to_address["country_code"])


def _matches(option, name, value):
    if name == "functionalities":
        return all(
            option.functionalities.get(key, option.functionality(key)) == wanted
            for key, wanted in value.items()
        )
    return {
        "carrier_code": option.carrier,
        "contract_id": option.contract_id,
        "shipping_option_code": option.code,
        "shipping_product_code": option.product,
    }[name] == value
