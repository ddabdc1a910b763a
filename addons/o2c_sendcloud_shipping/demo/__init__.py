from . import year
