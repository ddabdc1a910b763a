from datetime import date, datetime

from odoo.tests import HttpCase, tagged
from odoo.tests.common import Form, new_test_user

from .road import RoadCase


@tagged("post_install", "-at_install")
class TestOrderPage(RoadCase):
    """What is followed on the page of an order, in the kanban, and by its customer."""

    def test_the_page_has_parcels_payments_and_issues(self):
        order = self.make_orders(carrier=self.carrier)
        self.carrier.tracking_url = "https://track.example/<shipmenttrackingnumber>"
        payment = self.pay(self.invoice(order))
        picking = self.ship(order)
        picking.carrier_tracking_ref = "3STEST1"
        self.env["o2c.issue"]._report(order, "tax", "No tax of 3 %.")
        user = new_test_user(
            self.env,
            "o2c_page",
            groups="sales_team.group_sale_manager,account.group_account_invoice,o2c_base.group_user",
        )
        with Form(order.with_user(user)) as form:
            self.assertIn('href="https://track.example/3STEST1"', form.o2c_tracking)
            self.assertEqual(form.o2c_payment_ids.ids, payment.ids)
            self.assertEqual([issue.message for issue in order.o2c_issue_ids], ["No tax of 3 %."])
            self.assertEqual(form.o2c_shipped_at, str(picking.date_done))

    def test_a_salesman_without_accounting_sees_the_page(self):
        order = self.make_orders()
        self.pay(self.invoice(order))
        user = new_test_user(self.env, "o2c_page_sales", groups="sales_team.group_sale_manager")
        arch = order.with_user(user).get_view(view_type="form")["arch"]
        self.assertIn('name="o2c_tracking"', arch)
        self.assertNotIn("o2c_payment_ids", arch)
        with Form(order.with_user(user)) as form:
            self.assertFalse(form.o2c_tracking)

    def test_who_packs_sees_the_goods_of_an_order_and_how_far_it_is(self):
        """Odoo's own page of an order asks for the right to read invoices."""
        order = self.make_orders(carrier=self.carrier)
        self.pay(self.invoice(order))
        self.ship(order).carrier_tracking_ref = "3STEST1"
        issue = self.env["o2c.issue"]._report(order, "tax", "No tax of 3 %.")
        packer = new_test_user(
            self.env, "o2c_page_packs", groups="stock.group_stock_user,o2c_base.group_user"
        )
        page = self.env.ref("o2c_base.sale_order_view_form_goods")
        stage = self.env["o2c.overview"].with_user(packer).action_open_stage("shipped")
        for action in (stage, issue.with_user(packer).action_open_document()):
            self.assertIn((page.id, "form"), action["views"])
        form = Form(order.with_user(packer), page)
        self.assertIn("3STEST1", form.o2c_tracking)
        self.assertEqual(form.o2c_issue_message, "No tax of 3 %.")
        self.assertIn("shipped", [station["key"] for station in form.o2c_road if station["passed"]])
        seller = new_test_user(self.env, "o2c_page_sells", groups="sales_team.group_sale_salesman")
        self.assertFalse(order.get_formview_id(access_uid=seller.id))

    def test_names_of_carriers_cannot_smuggle_markup(self):
        order = self.make_orders(carrier=self.carrier)
        self.carrier.name = "<script>Parcels</script>"
        self.ship(order).carrier_tracking_ref = "A&B"
        self.assertIn("&lt;script&gt;Parcels&lt;/script&gt; A&amp;B", order.o2c_tracking)
        self.assertNotIn("<script>", order.o2c_tracking)

    def test_the_kanban_shows_the_whole_road_with_amounts(self):
        ordered = self.make_orders(2)
        invoiced = self.make_orders(1, quantity=3)
        self.invoice(invoiced)
        cancelled = self.make_orders(1)
        cancelled._action_cancel()
        self.env.flush_all()
        orders = (ordered | invoiced).with_context(read_group_expand=True)
        columns = orders.web_read_group(
            [("id", "in", orders.ids)], ["o2c_stage"], ["amount_total:sum_currency"]
        )["groups"]
        self.assertEqual(
            [
                (column["o2c_stage"], column["__count"], column["amount_total:sum_currency"])
                for column in columns
            ],
            [
                ("ordered", 2, 80),
                ("invoiced", 1, 60),
                ("shipped", 0, False),
                ("delivered", 0, False),
                ("settled", 0, False),
                ("done", 0, False),
            ],
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_base.sale_order_action")
        self.assertEqual([mode for _view, mode in action["views"]], ["list", "kanban", "form"])
        self.assertEqual(action["views"][1][0], self.env.ref("o2c_base.sale_order_view_kanban").id)

    # === What the customer is told === #

    def steps(self, order):
        return {
            step["key"]: (step["passed"], str(step["date"] or ""))
            for step in order.with_context(tz="UTC")._o2c_customer_road()
        }

    def test_the_customers_road(self):
        order = self.make_orders(carrier=self.reporting_carrier())
        order.date_order = datetime(2026, 11, 20, 12, 0)
        self.assertEqual(
            self.steps(order),
            {
                "ordered": (True, "2026-11-20"),
                "paid": (False, ""),
                "shipped": (False, ""),
                "delivered": (False, ""),
            },
        )
        self.pay(self.invoice(order))
        picking = self.ship(order)
        picking.date_done = datetime(2026, 11, 21, 12, 0)
        received = str(order.o2c_payment_ids.date)
        self.assertEqual(self.steps(order)["paid"], (True, received), "although the bank has not shown it")
        self.assertEqual(self.steps(order)["shipped"], (True, "2026-11-21"))
        self.assertEqual(self.steps(order)["delivered"], (False, ""))
        picking._o2c_set_delivered(datetime(2026, 11, 23, 9, 0))
        self.assertEqual(self.steps(order)["delivered"], (True, "2026-11-23"))
        self.assertEqual(
            [step["key"] for step in order._o2c_customer_road() if step["current"]], ["delivered"]
        )

    def test_where_nothing_is_shipped_nothing_is_promised(self):
        service = self.make_orders(product=self.service)
        self.assertEqual(list(self.steps(service)), ["ordered", "paid"])
        service._action_cancel()
        self.assertFalse(service._o2c_customer_road())
        self.assertFalse(self.make_orders(confirm=False)._o2c_customer_road())

    def test_the_day_in_the_bank_is_kept(self):
        order = self.make_orders(product=self.service)
        self.settle(self.pay(self.invoice(order)), date(2026, 11, 27))
        self.assertEqual(order.o2c_settled_on, date(2026, 11, 27))


@tagged("post_install", "-at_install")
class TestPortal(RoadCase, HttpCase):
    def test_a_customer_sees_where_the_order_is(self):
        order = self.make_orders(carrier=self.carrier)
        self.carrier.tracking_url = "https://track.example/<shipmenttrackingnumber>"
        self.ship(order).carrier_tracking_ref = "3STEST1"
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertIn('data-step="delivered"', page.text)
        road = page.text.split('id="o2c_road"')[1].split("</section>")[0]
        self.assertIn("On its way", road)
        self.assertIn('href="https://track.example/3STEST1"', road)
        self.assertNotIn("Settled", road)
