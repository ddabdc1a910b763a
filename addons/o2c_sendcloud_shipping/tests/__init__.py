from . import (
    test_account,
    test_announce,
    test_batch,
    test_budget,
    test_cancel,
    test_orphan,
    test_points,
    test_preflight,
    test_returns,
    test_rules,
    test_safety,
    test_status,
)
