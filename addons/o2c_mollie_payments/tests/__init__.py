from . import (
    test_account,
    test_bill,
    test_feed,
    test_fees,
    test_payments,
    test_property,
    test_refund,
    test_settlement,
    test_settlement_changes,
    test_speed,
    test_views,
    test_webhook,
)
