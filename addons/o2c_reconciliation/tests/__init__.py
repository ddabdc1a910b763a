from . import test_access
from . import test_choice
from . import test_engine
from . import test_partial
from . import test_payment_state
from . import test_platform
from . import test_references
