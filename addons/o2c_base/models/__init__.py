from . import (
    account_payment,
    delivery_carrier,
    o2c_connection_mixin,
    o2c_inbox_event,
    o2c_issue,
    o2c_overview,
    queue_job,
    res_config_settings,
    sale_order,
    sale_order_road,
    stock_picking,
)
