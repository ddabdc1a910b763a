from . import test_account
from . import test_settlement
from . import test_settlement_changes
