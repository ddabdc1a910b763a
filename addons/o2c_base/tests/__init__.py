from . import test_connection, test_inbox, test_issue
