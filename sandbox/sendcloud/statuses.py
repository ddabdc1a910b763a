"""The 35 statuses of a parcel: the code that API v3 shows, the number that webhooks still carry, the
words.
"""

STATUSES = {
    "ANNOUNCED": (1, "Announced"),
    "TO_SORTING": (3, "En route to sorting center"),
    "DELAYED": (4, "Delivery delayed"),
    "SORTED": (5, "Sorted"),
    "UNSORTED": (6, "Not sorted"),
    "SORTING": (7, "Being sorted"),
    "DELIVERY_FAILED": (8, "Delivery attempt failed"),
    "DELIVERED": (11, "Delivered"),
    "AWAITING_CUSTOMER_PICKUP": (12, "Awaiting customer pickup"),
    "ANNOUNCED_UNCOLLECTED": (13, "Announced: not collected"),
    "COLLECT_ERROR": (15, "Error collecting"),
    "PICKED_UP_BY_DRIVER": (22, "Shipment picked up by driver"),
    "UNDELIVERABLE": (80, "Unable to deliver"),
    "SHIPMENT_ON_ROUTE": (91, "Parcel en route"),
    "DRIVER_ON_ROUTE": (92, "Driver en route"),
    "COLLECTED_BY_CUSTOMER": (93, "Shipment collected by customer"),
    "CANCELLATION_FAILED": (94, "Parcel cancellation failed."),
    "NO_LABEL": (999, "No label"),
    "READY_TO_SEND": (1000, "Ready to send"),
    "ANNOUNCING": (1001, "Being announced"),
    "ANNOUNCEMENT_FAILED": (1002, "Announcement failed"),
    "UNKNOWN": (1337, "Unknown status - check carrier track & trace page for more insights"),
    "CANCELLED_UPSTREAM": (1998, "Cancelled upstream"),
    "CANCELLING": (1999, "Cancellation requested"),
    "CANCELLED": (2000, "Cancelled"),
    "CANCELLING_UPSTREAM": (2001, "Submitting cancellation request"),
    "AT_CUSTOMS": (62989, "At Customs"),
    "AT_SORTING_CENTRE": (62990, "At sorting centre"),
    "REFUSED_BY_RECIPIENT": (62991, "Refused by recipient"),
    "RETURNED_TO_SENDER": (62992, "Returned to sender"),
    "DELIVERY_METHOD_CHANGED": (62993, "Delivery method changed"),
    "DELIVERY_DATE_CHANGED": (62994, "Delivery date changed"),
    "DELIVERY_ADDRESS_CHANGED": (62995, "Delivery address changed"),
    "EXCEPTION": (62996, "Exception"),
    "ADDRESS_INVALID": (62997, "Address invalid"),
}

# Short names for the control API.
ALIASES = {
    "announced": "ANNOUNCED",
    "in_transit": "SHIPMENT_ON_ROUTE",
    "sorting": "SORTING",
    "out_for_delivery": "DRIVER_ON_ROUTE",
    "ready_for_pickup": "AWAITING_CUSTOMER_PICKUP",
    "collected": "COLLECTED_BY_CUSTOMER",
    "delivered": "DELIVERED",
    "delivery_failed": "DELIVERY_FAILED",
    "exception": "EXCEPTION",
    "refused": "REFUSED_BY_RECIPIENT",
    "returned": "RETURNED_TO_SENDER",
}

BEFORE_LABEL = {"ANNOUNCING", "NO_LABEL", "ANNOUNCEMENT_FAILED"}
CANCELLED = {"CANCELLED", "CANCELLED_UPSTREAM"}
CANCELLING = {"CANCELLING", "CANCELLING_UPSTREAM"}
# Nothing comes after these.
FINAL = CANCELLED | {"ANNOUNCEMENT_FAILED", "DELIVERED", "COLLECTED_BY_CUSTOMER", "RETURNED_TO_SENDER"}
# A carrier has not had it in hands yet, so that it can still be cancelled.
CANCELLABLE = {"READY_TO_SEND", "ANNOUNCED", "ANNOUNCED_UNCOLLECTED", "CANCELLATION_FAILED"}


def code_of(name):
    """The v3 code for a code or short name in any case; ValueError when there is none."""
    code = ALIASES.get(name.lower(), name.upper())
    if code not in STATUSES:
        raise ValueError(f"There is no parcel status {name}.")
    return code


def shown(code):
    return {"code": code, "message": STATUSES[code][1]}
