from . import test_amounts, test_refunds, test_sandbox
