from odoo.exceptions import AccessError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user

from .common import SendcloudCase


class TestSafety(SendcloudCase):
    def test_a_neutralised_copy_has_no_keys_and_buys_nothing(self):
        waiting = self.validated()
        self.env.flush_all()
        for query in get_neutralization_queries(["o2c_sendcloud_shipping"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.account.secret_key)
        self.assertFalse(self.account.public_key)
        self.assertFalse(self.account.webhook_token)
        self.assertTrue(self.account.test_mode)
        self.assertEqual(waiting.sendcloud_shipment_ids.state, "cancelled")
        self.run_jobs()
        picking = self.validated()
        self.assertFalse(picking.sendcloud_shipment_ids)
        self.assertEqual(self.sold(), [])

    def test_the_outbox_is_written_by_the_program_only(self):
        shipment = self.labelled().sendcloud_shipment_ids
        groups = "stock.group_stock_manager,sales_team.group_sale_manager,o2c_base.group_manager"
        user = new_test_user(self.env, "boss", groups=groups)
        for record in (shipment, shipment.parcel_ids, shipment.event_ids):
            record.with_user(user).check_access("read")
            with self.assertRaises(AccessError):
                record.with_user(user).check_access("write")

    def test_packers_and_salesmen_see_where_parcels_are(self):
        picking = self.labelled()
        for login, group in (
            ("packer", "stock.group_stock_user"),
            ("seller", "sales_team.group_sale_salesman_all_leads"),
        ):
            user = new_test_user(self.env, login, groups=group)
            shipment = picking.sendcloud_shipment_ids.with_user(user)
            self.assertEqual(shipment.state, "announced")
            self.assertTrue(shipment.tracking_numbers)
            with self.assertRaises(AccessError):
                shipment.read(["payload"])
        packer = self.env["res.users"].search([("login", "=", "packer")])
        with Form(picking.with_user(packer)) as form:
            self.assertEqual(form.sendcloud_state, "announced")

    def test_a_packer_may_replace_and_cancel_a_label(self):
        user = new_test_user(self.env, "packer", groups="stock.group_stock_user")
        picking = self.labelled().with_user(user)
        picking.action_sendcloud_new_label()
        self.run_jobs()
        picking.action_sendcloud_refresh()
        picking.action_sendcloud_cancel_label()
        self.run_jobs()
        self.assertEqual([label["cancelled"] for label in self.sold()], [True, True])

    def test_a_salesman_quotes_without_seeing_the_keys(self):
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        order = self.make_order(carrier=self.env["delivery.carrier"], user_id=seller.id)
        rate = self.carrier.with_user(seller).rate_shipment(order.with_user(seller))
        self.assertTrue(rate["success"], rate["error_message"])

    def test_companies_do_not_see_each_other(self):
        shipment = self.labelled().sendcloud_shipment_ids
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "neighbour",
            groups="stock.group_stock_manager,o2c_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for model in (
            "o2c.sendcloud.account",
            "o2c.sendcloud.sender",
            "o2c.sendcloud.option",
            "o2c.sendcloud.shipment",
            "o2c.sendcloud.parcel",
            "o2c.sendcloud.event",
        ):
            self.assertTrue(self.env[model].search([]), model)
            self.assertFalse(self.env[model].with_user(user).search([]), model)
        with self.assertRaises(AccessError):
            shipment.with_user(user).read(["state"])

    def test_strangers_may_do_nothing(self):
        picking = self.labelled()
        ready = self.validated()
        user = new_test_user(self.env, "nobody", groups="base.group_user")
        calls = (
            "send_to_shipper",
            "cancel_shipment",
            "action_sendcloud_new_label",
            "action_sendcloud_cancel_label",
            "action_sendcloud_return_label",
            "action_sendcloud_cancel_return",
            "action_sendcloud_return_portal",
            "action_sendcloud_refresh",
            "action_sendcloud_charge",
            "_sendcloud_labels_file",
        )
        for record in (picking, ready):
            for name in calls:
                with self.subTest(name), self.assertRaises(AccessError):
                    getattr(record.with_user(user), name)()
        self.assertEqual(len(self.sold()), 1)
