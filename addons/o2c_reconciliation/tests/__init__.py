from . import test_payment_state
from . import test_platform
