from . import test_amounts, test_edits, test_refunds, test_sandbox
