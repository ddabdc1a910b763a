"""Stock levels: set with compare-and-set, adjusted by a difference, activated at a location."""

from sandbox.shopify import checkout, errors
from sandbox.shopify.errors import user_error
from sandbox.shopify.garden.build import stock_level
from sandbox.shopify.mutations.idempotency import idempotent

HIGHEST = 1_000_000_000
REASONS = (
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_created",
    "movement_updated",
    "movement_received",
    "movement_canceled",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
)
ADJUSTABLE = ("available", "damaged", "incoming", "quality_control", "reserved", "safety_stock")


@idempotent()
def set_quantities(_root, info, input):  # noqa: A002
    """inventorySetQuantities: all rows or none."""
    state = info.context.state
    rows = input["quantities"]
    _check_compared(rows, "quantities")
    name = input["name"]
    problems = _check_head(input, ("available", "on_hand"))
    if problems:
        return _answer(None, problems)
    planned = []
    seen = set()
    for index, row in enumerate(rows):
        field = ["input", "quantities", str(index)]
        level, error = _level(state, row, field)
        if error:
            problems.append(error)
            continue
        pair = (row["inventoryItemId"], row["locationId"])
        if pair in seen:
            problems.append(
                user_error(
                    field,
                    "The combination of inventoryItemId and locationId must be unique.",
                    "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
                )
            )
        seen.add(pair)
        quantity = row["quantity"]
        if abs(quantity) > HIGHEST:
            high = quantity > 0
            problems.append(
                user_error(
                    [*field, "quantity"],
                    f"The quantity can't be {'higher' if high else 'lower'} than"
                    f" {'' if high else '-'}1,000,000,000.",
                    "INVALID_QUANTITY_TOO_HIGH" if high else "INVALID_QUANTITY_TOO_LOW",
                )
            )
        expected = row["changeFromQuantity"]
        if expected is not None and expected != level["_quantities"][name]:
            problems.append(
                user_error(
                    [*field, "changeFromQuantity"],
                    "The specified changeFromQuantity does not match the current quantity.",
                    "CHANGE_FROM_QUANTITY_STALE",
                )
            )
        planned.append((level, quantity - level["_quantities"][name]))
    if problems:
        return _answer(None, problems)
    # To set on_hand moves what is available by the same difference.
    return _answer(_carry_out(state, input, planned, "available", name), [])


@idempotent()
def adjust_quantities(_root, info, input):  # noqa: A002
    """inventoryAdjustQuantities: add a difference to one kind of quantity."""
    state = info.context.state
    rows = input["changes"]
    _check_compared(rows, "changes")
    problems = _check_head(input, ADJUSTABLE)
    planned = []
    for index, row in enumerate(rows):
        field = ["input", "changes", str(index)]
        level, error = _level(state, row, field)
        if error:
            problems.append(error)
            continue
        expected = row["changeFromQuantity"]
        if expected is not None and expected != level["_quantities"][input["name"]]:
            problems.append(
                user_error(
                    [*field, "changeFromQuantity"],
                    "The specified changeFromQuantity does not match the current quantity.",
                    "CHANGE_FROM_QUANTITY_STALE",
                )
            )
        planned.append((level, row["delta"]))
    if problems:
        return _answer(None, problems)
    return _answer(_carry_out(state, input, planned, input["name"], input["name"]), [])


def _check_compared(rows, name):
    for index, row in enumerate(rows):
        if "changeFromQuantity" not in row:
            raise errors.bad_request(
                f"input.{name}.{index}.changeFromQuantity must be provided; pass null to skip the"
                " compare-and-swap check."
            )


def _check_head(data, names):
    problems = []
    if data["name"] not in names:
        problems.append(
            user_error(
                ["input", "name"],
                f"The quantity name must be one of {', '.join(names)}.",
                "INVALID_NAME",
            )
        )
    if data["reason"] not in REASONS:
        problems.append(user_error(["input", "reason"], "The specified reason is invalid.", "INVALID_REASON"))
    uri = data.get("referenceDocumentUri")
    if uri and "://" not in uri:
        problems.append(
            user_error(
                ["input", "referenceDocumentUri"],
                "The specified reference document is invalid.",
                "INVALID_REFERENCE_DOCUMENT",
            )
        )
    return problems


def _level(state, row, field):
    item = state.find(row["inventoryItemId"], "InventoryItem")
    if item is None:
        return None, user_error(
            [*field, "inventoryItemId"],
            "The specified inventory item could not be found.",
            "INVALID_INVENTORY_ITEM",
        )
    place = state.find(row["locationId"], "Location")
    if place is None:
        return None, user_error(
            [*field, "locationId"],
            "The specified location could not be found.",
            "INVALID_LOCATION",
        )
    if item["variant"]["requiresComponents"]:
        return None, user_error(
            [*field, "inventoryItemId"],
            "The specified inventory item is not allowed to be adjusted via API.",
            "NON_MUTABLE_INVENTORY_ITEM",
        )
    level = state.level_of(item, place)
    if level is None or not level["isActive"] or not place["isActive"]:
        return None, user_error(
            [*field, "locationId"],
            "The specified inventory item is not stocked at the location.",
            "INVALID_LOCATION",
        )
    if not item["tracked"]:
        return None, user_error(
            [*field, "inventoryItemId"],
            "Inventory is not tracked for this item.",
            "NON_MUTABLE_INVENTORY_ITEM",
        )
    return level, None


def _carry_out(state, data, planned, moved, named):
    changes = []
    for level, delta in planned:
        if not delta:
            continue
        checkout.change_level(state, level["item"], level["location"], **{moved: delta})
        names = [named] if named in ("on_hand", "incoming") else [named, "on_hand"]
        for name in names:
            changes.append(
                {
                    "delta": delta,
                    "item": level["item"],
                    "ledgerDocumentUri": None,
                    "location": level["location"],
                    "name": name,
                    "quantityAfterChange": level["_quantities"][name],
                }
            )
    if not changes:
        return None
    return state.add(
        "InventoryAdjustmentGroup",
        {
            "app": state.all("App")[0],
            "changes": changes,
            "createdAt": state.now(),
            "reason": data["reason"],
            "referenceDocumentUri": data.get("referenceDocumentUri"),
        },
    )


def _answer(group, problems):
    return {"inventoryAdjustmentGroup": group, "userErrors": problems}


@idempotent(code=False)
def activate(_root, info, inventoryItemId, locationId, available=None, onHand=None, **_others):  # noqa: N803
    """inventoryActivate: stock an item at a location."""
    state = info.context.state
    item = state.find(inventoryItemId, "InventoryItem")
    place = state.find(locationId, "Location")
    if item is None or place is None:
        field = ["inventoryItemId"] if item is None else ["locationId"]
        return {"inventoryLevel": None, "userErrors": [user_error(field, "Could not be found.")]}
    if item["variant"]["requiresComponents"] or not place["isActive"]:
        field = ["locationId"] if not place["isActive"] else ["inventoryItemId"]
        message = "The inventory item could not be activated at the location."
        return {"inventoryLevel": None, "userErrors": [user_error(field, message)]}
    level = state.level_of(item, place)
    if level is not None:
        if available is not None or onHand is not None:
            message = "Not allowed to set available quantity when the item is already active at the location."
            return {"inventoryLevel": None, "userErrors": [user_error(["available"], message)]}
        level["isActive"] = True
    else:
        level = stock_level(state, item, place, available or onHand or 0)
        level["createdAt"] = level["updatedAt"] = state.now()
        state.notifier.inventory_level(level)
    return {"inventoryLevel": level, "userErrors": []}


MUTATIONS = {
    "inventorySetQuantities": set_quantities,
    "inventoryAdjustQuantities": adjust_quantities,
    "inventoryActivate": activate,
}
