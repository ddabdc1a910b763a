from datetime import datetime

from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import Form, TransactionCase, new_test_user
from odoo.tools import file_open


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Anna Bakker"})
        cls.order = cls.env["sale.order"].create({"partner_id": cls.partner.id})
        cls.order.action_confirm()

    def test_order_form_and_list_for_every_role(self):
        self.env["o2c.issue"]._report(self.order, "tax", "No tax.")
        for groups in (
            "sales_team.group_sale_manager",
            "sales_team.group_sale_manager,o2c_base.group_user",
            "sales_team.group_sale_manager,o2c_base.group_manager",
        ):
            with self.subTest(groups):
                login = f"o2c_view_{len(groups)}"
                user = new_test_user(self.env, login, groups=groups)
                with Form(self.order.with_user(user)) as form:
                    self.assertEqual(form.o2c_stage, "ordered")
                views = (
                    self.env["sale.order"]
                    .with_user(user)
                    .get_views([(False, "list"), (False, "form"), (False, "search")])["views"]
                )
                expected = "o2c_base" in groups
                for kind, word in (
                    ("form", "action_o2c_issues"),
                    ("list", "o2c_issue_count"),
                    ("search", "o2c_with_issues"),
                ):
                    self.assertIn("o2c_stage", views[kind]["arch"])
                    self.assertEqual(word in views[kind]["arch"], expected, kind)

    def test_search_filters_work(self):
        self.env["o2c.issue"]._report(self.order, "tax", "No tax.")
        arch = self.env["sale.order"].get_view(
            self.env.ref("sale.sale_order_view_search_inherit_sale").id, "search"
        )["arch"]
        self.assertIn("o2c_not_done", arch)
        domain = [("o2c_issue_ids.state", "=", "open")]
        self.assertIn(self.order, self.env["sale.order"].search(domain))
        domain = [("o2c_stage", "not in", (False, "done", "cancelled"))]
        self.assertIn(self.order, self.env["sale.order"].search(domain))

    def test_issue_and_inbox_views(self):
        user = new_test_user(self.env, "o2c_views", groups="o2c_base.group_user")
        issue = self.env["o2c.issue"]._report(self.order, "tax", "No tax.", detail="HTTP 500")
        arch = issue.with_user(user).get_view(view_type="form")["arch"]
        self.assertIn("action_retry", arch)
        self.assertNotIn('name="detail"', arch)
        self.assertIn("res_name", issue.with_user(user).get_view(view_type="list")["arch"])
        arch = self.env["o2c.inbox.event"].with_user(user).get_view(view_type="form")["arch"]
        self.assertNotIn('name="body"', arch)
        self.assertNotIn("action_process_again", arch)

    def test_menu_is_for_those_with_a_role(self):
        root = self.env.ref("o2c_base.menu_root")
        configuration = self.env.ref("o2c_base.menu_configuration")
        user = new_test_user(self.env, "o2c_menu_user", groups="o2c_base.group_user")
        manager = new_test_user(self.env, "o2c_menu_manager", groups="o2c_base.group_manager")
        outsider = new_test_user(self.env, "o2c_menu_none", groups="base.group_user")
        visible = {
            who: self.env["ir.ui.menu"].with_user(who)._visible_menu_ids()
            for who in (user, manager, outsider)
        }
        self.assertIn(root.id, visible[user])
        self.assertNotIn(configuration.id, visible[user])
        self.assertIn(configuration.id, visible[manager])
        self.assertNotIn(root.id, visible[outsider])

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        arch = settings.get_view(view_type="form")["arch"]
        self.assertIn('name="o2c_base"', arch)
        self.assertIn("o2c_connections", arch)
        self.assertEqual(settings.action_o2c_open_issues()["res_model"], "o2c.issue")


@tagged("post_install", "-at_install")
class TestPicking(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create({"name": "Delivery", "type": "service"})
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Parcel Service",
                "delivery_type": "fixed",
                "product_id": product.id,
                "tracking_url": "https://track.example/<shipmenttrackingnumber>",
            }
        )
        goods = cls.env["product.product"].create({"name": "Can", "type": "consu"})
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Anna"}).id,
                "carrier_id": cls.carrier.id,
                "order_line": [Command.create({"product_id": goods.id})],
            }
        )
        order.action_confirm()
        cls.picking = order.picking_ids

    def test_tracking(self):
        self.assertEqual(self.picking._o2c_tracking(), [])
        self.picking.carrier_tracking_ref = "3STEST1"
        self.assertEqual(
            self.picking._o2c_tracking(),
            [
                {
                    "company": "Parcel Service",
                    "number": "3STEST1",
                    "url": "https://track.example/3STEST1",
                }
            ],
        )

    def test_tracking_of_several_parcels(self):
        self.picking.carrier_tracking_ref = "A1, B2,"
        self.carrier.tracking_url = False
        self.assertEqual(
            [(item["number"], item["url"]) for item in self.picking._o2c_tracking()],
            [("A1", False), ("B2", False)],
        )

    def test_tracking_links_per_parcel(self):
        self.picking.carrier_tracking_ref = "A1,B2"
        self.patch(
            self.registry["delivery.carrier"],
            "get_tracking_link",
            lambda carrier, picking: '[["A1", "https://t.example/a"], ["B2", "https://t.example/b"]]',
        )
        self.picking.invalidate_recordset(["carrier_tracking_url"])
        self.assertEqual(
            [item["url"] for item in self.picking._o2c_tracking()],
            ["https://t.example/a", "https://t.example/b"],
        )

    def test_first_delivery_time_is_kept(self):
        self.picking._o2c_set_delivered(datetime(2026, 11, 24, 9, 30))
        self.picking._o2c_set_delivered(datetime(2026, 11, 24, 11, 0))
        self.assertEqual(self.picking.o2c_delivered_at, datetime(2026, 11, 24, 9, 30))
        self.assertFalse(self.picking.copy().o2c_delivered_at)

    def test_hooks_do_nothing_by_themselves(self):
        self.assertFalse(self.picking._o2c_awaits_label())
        self.assertIsNone(self.picking._o2c_label_ready())
        self.assertIsNone(self.picking._o2c_tracking_changed())


@tagged("post_install", "-at_install")
class TestNeutralize(TransactionCase):
    def test_copy_neither_processes_nor_sends(self):
        partner = self.env["res.partner"].create({"name": "Anna"})
        ours = partner.with_delay(channel="root.o2c.shopify").exists().db_record()
        foreign = partner.with_delay(channel="root").exists().db_record()
        event = self.env["o2c.inbox.event"].create(
            {
                "source": "shopify",
                "connection_model": "res.partner",
                "connection_id": partner.id,
                "topic": "orders/create",
                "external_id": "d-1",
                "body": "{}",
            }
        )
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("o2c.shopify_endpoint", "http://127.0.0.1:8070/w/shopify")
        self.env.flush_all()
        with file_open("o2c_base/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(event.state, "ignored")
        self.assertEqual((ours.state, foreign.state), ("cancelled", "pending"))
        self.assertFalse(parameters.get_param("o2c.shopify_endpoint"))
