import uuid
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.o2c_base.tests.common import SandboxCase


@tagged("post_install", "-at_install")
class SendcloudCase(SandboxCase):
    """A connected account, a few delivery methods, and ways to make deliveries."""

    world_options = {"shop": "empty", "seed": 1, "timeout_seconds": 0.2}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.netherlands = cls.env.ref("base.nl")
        cls.company.partner_id.write(
            {
                "street": "Stadhuisplein 10",
                "zip": "5611 EM",
                "city": "Eindhoven",
                "country_id": cls.netherlands.id,
                "phone": "+31401234567",
                "email": "shop@example.com",
            }
        )
        cls.company.stock_move_email_validation = False
        cls.env["ir.config_parameter"].set_param("web.base.url", "http://127.0.0.1:8069")
        # What a write budget is for is proven elsewhere; here it would only make tests wait.
        unlimited = patch.object(
            type(cls.env["o2c.sendcloud.account"]), "_write_budget", lambda account: None
        )
        cls.startClassPatcher(unlimited)
        keys = cls.credentials["sendcloud"]
        cls.account = cls.env["o2c.sendcloud.account"].create(
            {
                "name": "Garden Lane",
                "public_key": keys["public_key"],
                "secret_key": keys["secret_key"],
                "sample_country_ids": [
                    Command.set((cls.netherlands | cls.env.ref("base.be") | cls.env.ref("base.us")).ids)
                ],
            }
        )
        cls.account.action_test_connection()
        cls.options = cls.account.sync_shipping_options()
        cls.carrier = cls.account.create_carriers(["postnl:standard"])
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.product = cls.env["product.product"].create(
            {
                "name": "Trowel",
                "default_code": "TROWEL",
                "is_storable": True,
                "weight": 0.8,
                "list_price": 12.5,
                "hs_code": "820110",
                "country_of_origin": cls.netherlands.id,
            }
        )
        cls.env["stock.quant"]._update_available_quantity(cls.product, cls.warehouse.lot_stock_id, 1000)
        cls.customer = cls.make_customer()

    @classmethod
    def make_customer(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Jane Doe",
                "street": "Kerkstraat 12",
                "zip": "1012 AB",
                "city": "Amsterdam",
                "country_id": cls.netherlands.id,
                "email": "jane@example.com",
                "phone": "+31612345678",
                **values,
            }
        )

    @classmethod
    def make_order(cls, carrier=None, customer=None, quantity=2, product=None, **values):
        customer = customer or cls.customer
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "carrier_id": (cls.carrier if carrier is None else carrier).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.product).id,
                            "product_uom_qty": quantity,
                            "price_unit": 10.0,
                        }
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def make_picking(cls, **values):
        picking = cls.make_order(**values).picking_ids
        picking.move_ids.quantity = picking.move_ids.product_uom_qty
        picking.move_ids.picked = True
        return picking

    def validated(self, **values):
        """A validated delivery whose jobs have not run yet."""
        picking = self.make_picking(**values)
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def labelled(self, **values):
        """A validated delivery with its label."""
        picking = self.validated(**values)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready, picking.sendcloud_message)
        return picking

    def setUp(self):
        super().setUp()
        self.sold_before = 0
        self.sold_before = len(self.sold())

    def sold(self):
        """Sendcloud's own list of labels that it sold during this test."""
        return self.control("GET", "sendcloud/labels")["labels"][self.sold_before :]

    def calls(self, method="", ending=""):
        """What Sendcloud was asked, as "METHOD path" with the status of the answer."""
        return [
            call
            for call in self.control("GET", "requests")["requests"]
            if call["method"].startswith(method) and call["path"].endswith(ending)
        ]

    def issues(self, record, key=None):
        domain = [
            ("res_model", "=", record._name),
            ("res_id", "in", record.ids),
            ("state", "=", "open"),
        ]
        if key:
            domain.append(("key", "=", key))
        return self.env["o2c.issue"].search(domain)

    def fault(self, kind, **values):
        self.addCleanup(self.control, "DELETE", "faults")
        self.control("POST", "faults", {"platform": "sendcloud", "kind": kind, "rate": 1.0, **values})

    def scan(self, to, picking=None, **values):
        parcels = None
        if picking:
            parcels = [int(one) for one in picking.sendcloud_shipment_ids.parcel_ids.mapped("remote_id")]
        self.control("POST", "sendcloud/scan", {"to": to, "parcels": parcels, **values})

    def new_database_uuid(self):
        self.env["ir.config_parameter"].set_param("database.uuid", str(uuid.uuid4()))
