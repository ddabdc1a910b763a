from . import labels, webhook
