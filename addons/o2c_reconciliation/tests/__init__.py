from . import (
    test_access,
    test_choice,
    test_currencies,
    test_engine,
    test_order_report,
    test_partial,
    test_payment_state,
    test_platform,
    test_references,
    test_review,
    test_taken_apart,
    test_undo,
)
