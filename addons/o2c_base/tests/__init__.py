from . import (
    test_connection,
    test_inbox,
    test_issue,
    test_issue_work,
    test_many,
    test_overview,
    test_sandbox,
    test_security,
    test_stage,
    test_views,
    test_webhook,
)
