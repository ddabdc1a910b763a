"""Fulfilments: created per fulfilment order, tracked, cancelled; there is no idempotency here."""

from sandbox.shopify import checkout, gid, totals
from sandbox.shopify.errors import user_error

OPEN = ("OPEN", "IN_PROGRESS")
MAX_LINES = 512


def _fail(message, field=("fulfillment",), payload="fulfillment"):
    return {payload: None, "userErrors": [user_error(list(field), message)]}


def create(_root, info, fulfillment, message=None):
    """fulfillmentCreate."""
    state = info.context.state
    chosen = []
    for part in fulfillment["lineItemsByFulfillmentOrder"]:
        row = state.find(part["fulfillmentOrderId"], "FulfillmentOrder")
        if row is None:
            return _fail("Fulfillment order does not exist.")
        if row["status"] not in OPEN:
            number = gid.number_of(row["id"])
            return _fail(f"Fulfillment order {number} has an unfulfillable status= {row['status'].lower()}.")
        lines = part.get("fulfillmentOrderLineItems")
        if lines:
            wanted, problem = _wanted(row, lines)
            if problem:
                return _fail(problem)
        else:
            wanted = [(line, line["remainingQuantity"]) for line in row["lineItems"]]
        chosen += [(row, line, quantity) for line, quantity in wanted if quantity]
    if not chosen:
        return _fail("There are no line items to fulfill.")
    if len(chosen) > MAX_LINES:
        return _fail(f"A fulfillment cannot have more than {MAX_LINES} line items.")
    if len({row["order"]["id"] for row, _line, _quantity in chosen}) > 1:
        return _fail("All fulfillment orders must belong to the same order.")
    places = {row["assignedLocation"]["location"]["id"] for row, _line, _quantity in chosen}
    if len(places) > 1:
        return _fail("All fulfillment orders must be assigned to the same location.")
    made = ship(state, chosen, tracking_of(fulfillment.get("trackingInfo")))
    made["_notified"] = bool(fulfillment.get("notifyCustomer"))
    made["_message"] = message
    return {"fulfillment": made, "userErrors": []}


def _wanted(row, lines):
    by_id = {line["id"]: line for line in row["lineItems"]}
    wanted = []
    for part in lines:
        line = by_id.get(part["id"])
        if line is None:
            return None, "Fulfillment order line item does not exist."
        if not 0 < part["quantity"] <= line["remainingQuantity"]:
            return None, "Invalid fulfillment order line item quantity requested."
        wanted.append((line, part["quantity"]))
    return wanted, None


def tracking_of(info):
    """Return trackingInfo rows of a FulfillmentTrackingInput."""
    if not info:
        return []
    numbers = info.get("numbers") or ([info["number"]] if info.get("number") else [])
    urls = info.get("urls") or ([info["url"]] if info.get("url") else [])
    company = info.get("company")
    count = max(len(numbers), len(urls), 1 if company else 0)
    return [
        {
            "company": company,
            "number": numbers[index] if index < len(numbers) else None,
            "url": urls[index] if index < len(urls) else None,
        }
        for index in range(count)
    ]


def ship(state, chosen, tracking):
    """Make one fulfilment of (fulfilment order, its line, quantity); stock leaves the shelf."""
    order = chosen[0][0]["order"]
    place = chosen[0][0]["assignedLocation"]["location"]
    now = state.now()
    made = state.add(
        "Fulfillment",
        {
            "createdAt": now,
            "updatedAt": now,
            "deliveredAt": None,
            "displayStatus": "FULFILLED",
            "estimatedDeliveryAt": None,
            "events": [],
            "fulfillmentLineItems": [],
            "fulfillmentOrders": [],
            "inTransitAt": None,
            "location": place,
            "name": f"{order['name']}-F{len(order['fulfillments']) + 1}",
            "order": order,
            "requiresShipping": any(line["requiresShipping"] for _row, line, _quantity in chosen),
            "service": None,
            "status": "SUCCESS",
            "trackingInfo": tracking,
        },
    )
    for row, line, quantity in chosen:
        line["remainingQuantity"] -= quantity
        made["fulfillmentLineItems"].append(
            state.add(
                "FulfillmentLineItem",
                {"lineItem": line["lineItem"], "quantity": quantity, "_row": row, "_line": line},
                listed=False,
            )
        )
        if line["variant"]:
            checkout.change_level(state, line["variant"]["inventoryItem"], place, committed=-quantity)
        if not any(row is known for known in made["fulfillmentOrders"]):
            made["fulfillmentOrders"].append(row)
            row["fulfillments"].append(made)
    for row in made["fulfillmentOrders"]:
        left = sum(line["remainingQuantity"] for line in row["lineItems"])
        row["status"] = "IN_PROGRESS" if left else "CLOSED"
        row["updatedAt"] = now
    order["fulfillments"].append(made)
    totals.refresh(order, now)
    state.notifier.fulfillment("FULFILLMENTS_CREATE", made)
    done = order["displayFulfillmentStatus"] == "FULFILLED"
    state.notifier.order("ORDERS_FULFILLED" if done else "ORDERS_PARTIALLY_FULFILLED", order)
    state.notifier.order("ORDERS_UPDATED", order)
    return made


def update_tracking(_root, info, fulfillmentId, trackingInfoInput, notifyCustomer=None):  # noqa: N803
    """fulfillmentTrackingInfoUpdate."""
    state = info.context.state
    found = state.find(fulfillmentId, "Fulfillment")
    if found is None:
        return _fail("Fulfillment does not exist.", ("fulfillmentId",))
    if found["status"] == "CANCELLED":
        return _fail("The fulfillment has been cancelled.", ("fulfillmentId",))
    found["trackingInfo"] = tracking_of(trackingInfoInput)
    found["updatedAt"] = state.now()
    found["_notified"] = bool(notifyCustomer)
    totals.refresh(found["order"], state.now())
    state.notifier.fulfillment("FULFILLMENTS_UPDATE", found)
    state.notifier.order("ORDERS_UPDATED", found["order"])
    return {"fulfillment": found, "userErrors": []}


def cancel(_root, info, id):  # noqa: A002
    """fulfillmentCancel."""
    state = info.context.state
    found = state.find(id, "Fulfillment")
    if found is None:
        return _fail("Fulfillment not found.", ("id",))
    if found["status"] == "CANCELLED":
        return _fail("Fulfillment is already cancelled.", ("id",))
    now = state.now()
    found.update(status="CANCELLED", displayStatus="CANCELED", updatedAt=now)
    for item in found["fulfillmentLineItems"]:
        item["_line"]["remainingQuantity"] += item["quantity"]
        variant = item["lineItem"]["variant"]
        if variant:
            checkout.change_level(
                state, variant["inventoryItem"], found["location"], committed=item["quantity"]
            )
    for row in found["fulfillmentOrders"]:
        whole = all(line["remainingQuantity"] == line["totalQuantity"] for line in row["lineItems"])
        row.update(status="OPEN" if whole else "IN_PROGRESS", updatedAt=now)
    totals.refresh(found["order"], now)
    found["order"]["closedAt"] = None
    found["order"]["closed"] = False
    state.notifier.fulfillment("FULFILLMENTS_UPDATE", found)
    state.notifier.order("ORDERS_UPDATED", found["order"])
    return {"fulfillment": found, "userErrors": []}


EVENT_STATUS = {
    "DELIVERED": "DELIVERED",
    "IN_TRANSIT": "IN_TRANSIT",
    "OUT_FOR_DELIVERY": "OUT_FOR_DELIVERY",
    "ATTEMPTED_DELIVERY": "ATTEMPTED_DELIVERY",
    "CARRIER_PICKED_UP": "CARRIER_PICKED_UP",
    "READY_FOR_PICKUP": "READY_FOR_PICKUP",
    "FAILURE": "FAILURE",
    "CONFIRMED": "CONFIRMED",
    "DELAYED": "DELAYED",
}


def add_event(_root, info, fulfillmentEvent):  # noqa: N803
    """fulfillmentEventCreate."""
    state = info.context.state
    found = state.find(fulfillmentEvent["fulfillmentId"], "Fulfillment")
    if found is None:
        return _fail("Fulfillment does not exist.", ("fulfillmentEvent",), "fulfillmentEvent")
    now = state.now()
    event = {
        name: fulfillmentEvent.get(name)
        for name in (
            "status",
            "message",
            "city",
            "country",
            "province",
            "zip",
            "address1",
            "latitude",
            "longitude",
            "estimatedDeliveryAt",
        )
    }
    event.update(happenedAt=fulfillmentEvent.get("happenedAt") or now, createdAt=now)
    state.add("FulfillmentEvent", event, listed=False)
    found["events"].append(event)
    found["displayStatus"] = EVENT_STATUS.get(event["status"], found["displayStatus"])
    if event["status"] == "DELIVERED":
        found["deliveredAt"] = event["happenedAt"]
    if event["status"] == "IN_TRANSIT" and not found["inTransitAt"]:
        found["inTransitAt"] = event["happenedAt"]
    found["updatedAt"] = now
    state.notifier.fulfillment("FULFILLMENTS_UPDATE", found)
    return {"fulfillmentEvent": event, "userErrors": []}


def move(_root, info, id, newLocationId, fulfillmentOrderLineItems=None):  # noqa: A002, N803
    """fulfillmentOrderMove."""
    state = info.context.state
    payload = {
        "movedFulfillmentOrder": None,
        "originalFulfillmentOrder": None,
        "remainingFulfillmentOrder": None,
        "userErrors": [],
    }
    row = state.find(id, "FulfillmentOrder")
    place = state.find(newLocationId, "Location")
    if row is None or place is None:
        field = ["id"] if row is None else ["newLocationId"]
        payload["userErrors"] = [user_error(field, "Could not be found.", None)]
        return payload
    if row["status"] not in OPEN:
        payload["userErrors"] = [user_error(["id"], "The fulfillment order is not open.", None)]
        return payload
    if fulfillmentOrderLineItems:
        wanted, problem = _wanted(row, fulfillmentOrderLineItems)
    else:
        wanted, problem = [(line, line["remainingQuantity"]) for line in row["lineItems"]], None
    if problem:
        payload["userErrors"] = [user_error(["fulfillmentOrderLineItems"], problem, None)]
        return payload
    payload["movedFulfillmentOrder"] = move_lines(state, row, place, wanted)
    payload["originalFulfillmentOrder"] = row
    if any(line["remainingQuantity"] for line in row["lineItems"]):
        payload["remainingFulfillmentOrder"] = row
    return payload


def move_lines(state, row, place, wanted):
    """Assign (line, quantity) of a fulfilment order to another location."""
    order, now = row["order"], state.now()
    old = row["assignedLocation"]["location"]
    made = checkout.fulfillment_order(
        state, order, place, [(line["lineItem"], quantity) for line, quantity in wanted]
    )
    for line, quantity in wanted:
        line["remainingQuantity"] -= quantity
        line["totalQuantity"] -= quantity
        if line["variant"]:
            item = line["variant"]["inventoryItem"]
            checkout.change_level(state, item, old, available=quantity, committed=-quantity)
            checkout.change_level(state, item, place, available=-quantity, committed=quantity)
    if not any(line["remainingQuantity"] for line in row["lineItems"]):
        row["status"] = "CLOSED"
    row["updatedAt"] = now
    totals.refresh(order, now)
    state.notifier.fulfillment_order("FULFILLMENT_ORDERS_MOVED", made)
    state.notifier.order("ORDERS_UPDATED", order)
    return made


def hold(_root, info, id, fulfillmentHold):  # noqa: A002, N803
    """fulfillmentOrderHold."""
    state = info.context.state
    row = state.find(id, "FulfillmentOrder")
    if row is None or row["status"] not in (*OPEN, "ON_HOLD"):
        return {
            "fulfillmentHold": None,
            "fulfillmentOrder": None,
            "remainingFulfillmentOrder": None,
            "userErrors": [user_error(["id"], "The fulfillment order cannot be put on hold.")],
        }
    made = put_on_hold(
        state,
        row,
        fulfillmentHold["reason"],
        fulfillmentHold.get("reasonNotes"),
        fulfillmentHold.get("handle"),
    )
    return {
        "fulfillmentHold": made,
        "fulfillmentOrder": row,
        "remainingFulfillmentOrder": None,
        "userErrors": [],
    }


def put_on_hold(state, row, reason, notes=None, handle=None):
    """Put a fulfilment order on hold; return the hold."""
    made = state.add(
        "FulfillmentHold",
        {
            "displayReason": reason.replace("_", " ").capitalize(),
            "handle": handle or "",
            "heldByRequestingApp": True,
            "reason": reason,
            "reasonNotes": notes,
        },
    )
    row["fulfillmentHolds"].append(made)
    row.update(status="ON_HOLD", updatedAt=state.now())
    totals.refresh(row["order"], state.now())
    state.notifier.fulfillment_order("FULFILLMENT_ORDERS_PLACED_ON_HOLD", row)
    return made


def release(_root, info, id, holdIds=None, externalId=None):  # noqa: A002, N803
    """fulfillmentOrderReleaseHold."""
    state = info.context.state
    row = state.find(id, "FulfillmentOrder")
    if row is None or row["status"] != "ON_HOLD":
        return {
            "fulfillmentOrder": None,
            "userErrors": [user_error(["id"], "The fulfillment order is not on hold.")],
        }
    row["fulfillmentHolds"] = [
        made for made in row["fulfillmentHolds"] if holdIds and made["id"] not in holdIds
    ]
    if not row["fulfillmentHolds"]:
        row["status"] = "OPEN"
    row["updatedAt"] = state.now()
    totals.refresh(row["order"], state.now())
    state.notifier.fulfillment_order("FULFILLMENT_ORDERS_HOLD_RELEASED", row)
    return {"fulfillmentOrder": row, "userErrors": []}


MUTATIONS = {
    "fulfillmentCreate": create,
    "fulfillmentTrackingInfoUpdate": update_tracking,
    "fulfillmentCancel": cancel,
    "fulfillmentEventCreate": add_event,
    "fulfillmentOrderMove": move,
    "fulfillmentOrderHold": hold,
    "fulfillmentOrderReleaseHold": release,
}
