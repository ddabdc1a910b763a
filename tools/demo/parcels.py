"""The packing table and the carriers: everything that a parcel may meet, besides going straight there."""

from collections import Counter

from ..console import Failure
from . import actors, waiting
from .control import World
from .rpc import Session

# Sendcloud's options beside those of the plain demonstration: what for, and for which destination.
MORE_CARRIERS = (
    # What the customer chose at the check-out decides.
    ("dhl:service_point", "BE", "Service point"),
    ("postnl:parcels_non_eu", "GB", ""),
)
# What customers answer when they are asked for what is missing.
CONTACT = {
    "street": "Lindelaan 14",
    "zip": "3571 ZX",
    "city": "Utrecht",
    "country_id": False,
    "phone": "+31600000199",
    "email": "customer@example.com",
}
# Collects in Antwerp, too, and takes several parcels at once.
EVERYWHERE = "DPD Classic"
RETURN_OPTION = "postnl:return/return"


def connect_more_carriers(admin: Session, account: int) -> None:
    """Delivery methods for service points and for parcels through the customs, before all others."""
    countries = {
        row["code"]: row["id"]
        for row in admin.search_read("res.country", [("code", "in", ["BE", "GB"])], ["code"])
    }
    admin.call(
        "o2c.sendcloud.account",
        "write",
        [account],
        {"sample_country_ids": [[4, country] for country in countries.values()]},
    )
    admin.call("o2c.sendcloud.account", "action_sync_shipping_options", [account])
    for code, country, title in MORE_CARRIERS:
        options = admin.search("o2c.sendcloud.option", [("code", "=", code)])
        admin.call("o2c.sendcloud.option", "action_create_carriers", options)
        carrier = admin.search("delivery.carrier", [("sendcloud_option_id.code", "=", code)])[0]
        admin.call(
            "o2c.sendcloud.rule",
            "create",
            [
                {
                    "account_id": account,
                    "sequence": -1,
                    "carrier_id": carrier,
                    "titles": title,
                    "country_ids": [[6, 0, [countries[country]]]],
                }
            ],
        )
    back = admin.search("o2c.sendcloud.option", [("code", "=", RETURN_OPTION)])
    carriers = admin.search("delivery.carrier", [("sendcloud_option_id.code", "=", "postnl:standard")])
    admin.call("delivery.carrier", "write", carriers, {"sendcloud_return_option_id": back[0]})


def ship(admin: Session, warehouse: Session, world: World) -> dict[str, int]:
    """Work off every delivery, with the bad luck of a day; returns what happened, and how often."""
    happened = {"service point": _choose_points(warehouse)}
    refused = _spoil_an_address(admin)
    mended = _validate(admin, warehouse)
    happened["contact completed"] = mended["contact completed"]
    waiting.for_jobs(admin, world, "Deliveries validated")
    happened["other carrier"] = mended["other carrier"] + choose_another_carrier(warehouse)
    happened["refused address"] = _mend_the_address(admin, warehouse, refused)
    happened["replaced label"] = _replace_a_label(admin, warehouse)
    return happened


def _validate(admin: Session, warehouse: Session) -> Counter:
    """Validate all; where Odoo says what is missing or wrong, do as it says. Returns what was done."""
    try:
        actors.warehouse_validates(warehouse)
        return Counter()
    except Failure:
        # One delivery holds up the batch it was selected with: go through them one by one.
        return Counter(_validate_one(admin, warehouse, picking) for picking in actors.ready(warehouse))


def _validate_one(admin: Session, warehouse: Session, picking: int) -> str:
    try:
        actors.validate(warehouse, [picking])
        return "nothing"
    except Failure as refused:
        if "Choose another delivery method" in str(refused):
            done = "other carrier"
            _send_with_another_carrier(warehouse, [picking])
        elif "Fill it in" in str(refused):
            done = "contact completed"
            _complete_the_contact(admin, warehouse, picking)
        else:
            raise
    actors.validate(warehouse, [picking])
    return done


def _complete_the_contact(admin: Session, warehouse: Session, picking: int) -> None:
    """Ask the customer and fill it in."""
    partner = warehouse.search_read("stock.picking", [("id", "=", picking)], ["partner_id"])[0]["partner_id"]
    contact = admin.search_read("res.partner", [("id", "=", partner[0])], list(CONTACT))[0]
    country = admin.search("res.country", [("code", "=", "NL")])[0]
    answer = {**CONTACT, "country_id": country}
    admin.call(
        "res.partner",
        "write",
        [partner[0]],
        {name: value for name, value in answer.items() if not contact[name]},
    )


def _send_with_another_carrier(warehouse: Session, pickings: list[int]) -> None:
    carrier = warehouse.search("delivery.carrier", [("name", "=", EVERYWHERE)], limit=1)[0]
    warehouse.call("stock.picking", "write", pickings, {"carrier_id": carrier})


def _choose_points(warehouse: Session) -> int:
    """The customer wants to fetch the parcel: choose the nearest point in Odoo's dialog."""
    waiting_for = warehouse.search(
        "stock.picking",
        [
            ("state", "in", ("assigned", "confirmed")),
            ("carrier_id.sendcloud_option_id.code", "=", "dhl:service_point"),
            ("sendcloud_service_point", "=", False),
        ],
    )
    for picking in waiting_for:
        dialog = warehouse.call("stock.picking", "action_sendcloud_service_point", [picking])
        points = warehouse.search("o2c.sendcloud.point.wizard.line", [("wizard_id", "=", dialog["res_id"])])
        if not points:
            raise Failure(f"Odoo finds no service point for delivery {picking}.")
        warehouse.call("o2c.sendcloud.point.wizard.line", "action_choose", [points[0]])
    return len(waiting_for)


def _spoil_an_address(admin: Session) -> dict:
    """A customer mistyped the postal code: the carrier will refuse it."""
    pickings = admin.search_read(
        "stock.picking",
        [
            ("state", "=", "assigned"),
            ("picking_type_code", "=", "outgoing"),
            ("carrier_id.sendcloud_option_id.code", "=", "postnl:standard"),
        ],
        ["partner_id"],
    )
    buys = Counter(picking["partner_id"][0] for picking in pickings)
    # Somebody who bought little: each of their deliveries will be refused.
    partner = min(buys, key=lambda partner: (buys[partner], partner))
    right = admin.search_read("res.partner", [("id", "=", partner)], ["zip"])[0]["zip"]
    admin.call("res.partner", "write", [partner], {"zip": "12"})
    return {"partner": partner, "zip": right}


def choose_another_carrier(warehouse: Session) -> int:
    """The carrier does not collect at the place that the goods leave from: take one that does."""
    issues = warehouse.search_read(
        "o2c.issue",
        [("state", "=", "open"), ("kind", "=", "shipment"), ("message", "ilike", "is not available from")],
        ["res_id"],
    )
    if issues:
        _send_with_another_carrier(warehouse, [issue["res_id"] for issue in issues])
        warehouse.call("o2c.issue", "action_retry", [issue["id"] for issue in issues])
    return len(issues)


def _mend_the_address(admin: Session, warehouse: Session, refused: dict) -> int:
    """Read the issue, correct the address, press Retry."""
    issues = warehouse.search(
        "o2c.issue",
        [("state", "=", "open"), ("kind", "=", "shipment")],
    )
    if not issues:
        raise Failure("Sendcloud refused an address, and Odoo told nobody.")
    admin.call("res.partner", "write", [refused["partner"]], {"zip": refused["zip"]})
    warehouse.call("o2c.issue", "action_retry", issues)
    return len(issues)


def _replace_a_label(admin: Session, warehouse: Session) -> int:
    """The label was torn: cancel it and buy a new one."""
    picking = warehouse.search(
        "stock.picking",
        [
            ("carrier_tracking_ref", "!=", False),
            ("state", "=", "done"),
            ("carrier_id.sendcloud_option_id.code", "=", "postnl:standard"),
        ],
        limit=1,
        order="id desc",
    )
    warehouse.call("stock.picking", "action_sendcloud_new_label", picking)
    return len(picking)
