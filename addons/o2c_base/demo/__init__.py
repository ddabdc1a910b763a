from . import builder, customers, orders
