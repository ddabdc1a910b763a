"""How certain a rule is of what it would post by itself."""

# The least confidence of a claim that a rule of this strategy posts when nothing else is claimed. What it
# only proposes has less. (A chargeback that may take back one of several payments has as much; it has
# several items, too.)
CERTAIN = {
    "platform_payment": 99,
    "platform_refund": 99,
    "platform_chargeback": 98,
    "platform_fee": 98,
    "payout_deposit": 92,
    "structured_reference": 94,
    "document_reference": 94,
    "partner_amount": 90,
    "counterpart": 88,
}

# The confidence at most of what rules that read texts or know partners only propose.
UNSURE = 89
