from odoo import fields, models

LABEL_FORMATS = [
    ("pdf_a6", "PDF, A6 (label printer)"),
    ("pdf_a4", "PDF, A4 (office printer)"),
    ("zpl", "ZPL (Zebra printer)"),
]


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    sendcloud_sender_id = fields.Many2one(
        "o2c.sendcloud.sender",
        string="Sendcloud Sender Address",
        check_company=True,
        help="Parcels from this warehouse leave from this address. Empty: from the address of the warehouse.",
    )
    sendcloud_label_format = fields.Selection(
        LABEL_FORMATS,
        string="Label Format",
        default="pdf_a6",
        required=True,
        help="A ZPL label cannot be turned into a PDF later.",
    )
