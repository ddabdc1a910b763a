from odoo import Command

from .common import SendcloudCase


class TestRules(SendcloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        carriers = ("postnl:standard/signature", "postnl:mailbox")
        cls.express, cls.mailbox = cls.account.create_carriers(carriers).sorted("id")
        cls.express = cls.account.create_carriers(carriers[:1])
        cls.mailbox = cls.account.create_carriers(carriers[1:])
        cls.account.write(
            {
                "use_rules": True,
                "rule_ids": [
                    Command.create(
                        {"titles": "express, tomorrow", "carrier_id": cls.express.id, "sequence": 1}
                    ),
                    Command.create({"max_weight": 0.9, "carrier_id": cls.mailbox.id, "sequence": 2}),
                    Command.create(
                        {
                            "country_ids": [Command.set(cls.netherlands.ids)],
                            "carrier_id": cls.carrier.id,
                            "sequence": 3,
                        }
                    ),
                ],
            }
        )
        cls.none = cls.env["delivery.carrier"]

    def test_weight_and_country(self):
        self.assertEqual(self.make_order(carrier=self.none, quantity=1).carrier_id, self.mailbox)
        order = self.make_order(carrier=self.none, quantity=2)
        self.assertEqual(order.carrier_id, self.carrier)
        self.assertEqual(order.picking_ids.carrier_id, self.carrier)
        self.assertFalse(order.order_line.filtered("is_delivery"))

    def test_value(self):
        rule = Command.create({"min_value": 200, "carrier_id": self.express.id, "sequence": 0})
        self.account.rule_ids = [rule]
        self.assertEqual(self.make_order(carrier=self.none, quantity=16).carrier_id, self.carrier)
        self.assertEqual(self.make_order(carrier=self.none, quantity=20).carrier_id, self.express)

    def test_what_the_customer_chose_in_the_shop(self):
        shipping = self.env["product.product"].create({"name": "Shipping", "type": "service"})
        line = {
            "product_id": shipping.id,
            "name": "Express delivery",
            "price_unit": 9.95,
            "is_delivery": True,
        }
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_uom_qty": 1}),
                    Command.create(line),
                ],
            }
        )
        total = order.amount_total
        order.action_confirm()
        self.assertEqual(order.carrier_id, self.express)
        self.assertEqual(order.amount_total, total)

    def test_nothing_fits(self):
        customer = self.make_customer(country_id=self.env.ref("base.fr").id)
        self.assertFalse(self.make_order(carrier=self.none, customer=customer).carrier_id)

    def test_a_chosen_method_stays(self):
        self.assertEqual(self.make_order(carrier=self.express).carrier_id, self.express)

    def test_switched_off(self):
        self.account.use_rules = False
        self.assertFalse(self.make_order(carrier=self.none).carrier_id)
