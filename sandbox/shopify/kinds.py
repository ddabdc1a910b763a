"""The kinds of orders that shoppers check out.

``AUTOMATIC`` are those that an order-to-cash process carries to the end without a person; the
others need one, or a policy.
"""

AUTOMATIC = (
    "plain",
    "multi_line",
    "mixed_vat",
    "discount_code",
    "line_discount",
    "automatic_discount",
    "fixed_discount",
    "free_shipping",
    "shipping_discount",
    "gift_recipient",
    "guest",
    "b2b_domestic",
    "b2b_reverse_charge",
)
# Kinds that are only drawn on request.
SPECIAL = (
    "tip",
    "stacked_discounts",
    "zero_total",
    "unpaid",
    "authorized",
    "failed_then_paid",
    "split_payment",
    "gift_card_bought",
    "gift_card_spent",
    "presentment",
    "pos",
    "test",
    "high_risk",
    "payment_terms",
    "custom_item",
    "deleted_product",
    "unknown_sku",
    "same_sku_twice",
    "second_location",
    "two_locations",
    "many_lines",
    "no_shipping_address",
    "bundle",
    "export_duties",
    "bank_deposit",
    "many_transactions",
    "many_refunds",
)
KINDS = AUTOMATIC + SPECIAL
