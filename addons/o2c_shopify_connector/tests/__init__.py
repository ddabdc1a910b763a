from . import (
    test_amounts,
    test_batch,
    test_edits,
    test_kinds,
    test_refunds,
    test_sandbox,
    test_sandbox_bad_days,
    test_sandbox_fulfilment,
    test_sandbox_kinds,
    test_sandbox_stock,
    test_security,
    test_webhooks,
)
