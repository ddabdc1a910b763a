from . import bills, returns, year
