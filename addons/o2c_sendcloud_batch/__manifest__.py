{
    "name": "Sendcloud Shipping for Batch Transfers",
    "summary": "Print the labels of a batch or wave in one file",
    "version": "19.0.1.0.0",
    "category": "Inventory/Delivery",
    "license": "LGPL-3",
    "author": "Order to Cash contributors",
    "depends": ["o2c_sendcloud_shipping", "stock_picking_batch"],
    "data": ["views/stock_picking_batch_views.xml"],
    "auto_install": True,
}
