from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

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

    def test_new_methods_come_with_rules(self):
        """The cheapest first; several parcels for what is heavy; not to a point that nobody chose."""
        codes = ("dpd:classic", "dhl:for_you", "dhl:service_point")
        options = self.options.filtered(lambda option: option.code in codes)
        known = self.account.rule_ids
        manager = new_test_user(self.env, "o2c_sendcloud_manager", groups="o2c_base.group_manager")
        shown = options.with_user(manager).action_create_carriers()
        self.assertIn("ready: 3.", shown["params"]["message"])
        shown = shown["params"]["next"]
        self.assertEqual((shown["res_model"], shown["res_id"]), (self.account._name, self.account.id))
        new = (self.account.rule_ids - known).sorted()
        self.assertEqual(
            new.carrier_id.sendcloud_option_id, options.filtered(lambda o: not o.needs_service_point)
        )
        prices = new.carrier_id.sendcloud_option_id.mapped("quote_price")
        self.assertEqual(prices, sorted(prices))
        self.assertGreater(min(new.mapped("sequence")), max(known.mapped("sequence")))
        options.action_create_carriers()
        self.assertEqual(self.account.rule_ids - known, new)
        with self.assertRaises(UserError):
            options.browse().action_create_carriers()

    def shipped_without_method(self):
        """A delivery to France, whose customer chose a shipping that no rule knows."""
        shipping = self.env["product.product"].create({"name": "Shipping", "type": "service"})
        france = self.make_customer(country_id=self.env.ref("base.fr").id, zip="75001", city="Paris")
        order = self.make_order(carrier=self.none, customer=france)
        order.order_line = [Command.create({"product_id": shipping.id, "is_delivery": True})]
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.button_validate()
        self.assertEqual((picking.state, picking.sendcloud_shipment_ids.ids), ("done", []))
        return picking

    def test_a_delivery_without_method_is_told_and_can_be_mended(self):
        picking = self.shipped_without_method()
        issue = self.env["o2c.issue"].search([("res_model", "=", picking._name), ("res_id", "=", picking.id)])
        self.assertIn("France", issue.message)
        issue.action_retry()
        self.assertEqual((issue.state, picking.sendcloud_shipment_ids.ids), ("open", []))
        self.account.rule_ids = [Command.create({"carrier_id": self.carrier.id, "sequence": 9})]
        issue.action_retry()
        self.assertEqual((issue.state, picking.carrier_id), ("resolved", self.carrier))
        self.assertEqual(len(picking.sendcloud_shipment_ids), 1)

    def test_where_no_rules_are_wanted_nothing_is_told(self):
        self.account.use_rules = False
        picking = self.shipped_without_method()
        self.assertFalse(
            self.env["o2c.issue"].search_count([("res_id", "=", picking.id), ("kind", "=", "shipment")])
        )
