from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user

from .fake_connection import register_fake_connection


@tagged("post_install", "-at_install")
class TestOverview(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.company = cls.env["res.company"].create({"name": "Overview Garden"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.partner = cls.env["res.partner"].create({"name": "Anna Visser"})
        cls.service = cls.env["product.product"].create(
            {"name": "Advice", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )

    def order(self, price, *, confirm=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    (0, 0, {"product_id": self.service.id, "price_unit": price, "tax_ids": False})
                ],
            }
        )
        if confirm:
            order.action_confirm()
        self.env.flush_all()
        return order

    def stages(self):
        return {stage["key"]: stage for stage in self.env["o2c.overview"].get_overview()["stages"]}

    def test_orders_are_counted_and_summed_up_by_stage(self):
        self.order(10.10)
        self.order(20.20)
        self.order(99, confirm=False)
        self.order(50)._action_cancel()
        stages = self.stages()
        self.assertEqual(
            {
                key: (stage["count"], round(stage["amount"], 2))
                for key, stage in stages.items()
                if stage["count"]
            },
            {"ordered": (2, 30.30)},
        )
        self.assertEqual(list(stages), ["ordered", "invoiced", "shipped", "delivered", "settled", "done"])

    def test_other_currencies_are_converted(self):
        dollar = (
            self.env.ref("base.USD") if self.company.currency_id.name != "USD" else self.env.ref("base.EUR")
        )
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2.0, "company_id": self.company.id, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": dollar.id})
        order = self.order(0, confirm=False)
        order.pricelist_id = pricelist
        order.currency_id = dollar
        order.order_line.price_unit = 50
        order.action_confirm()
        self.assertAlmostEqual(self.stages()["ordered"]["amount"], 25)

    def test_the_oldest_tells_since_when_it_waits(self):
        old, new = self.order(1), self.order(1)
        since = fields.Datetime.now().replace(microsecond=0) - timedelta(days=12)
        old.o2c_stage_since = since
        self.assertGreater(new.o2c_stage_since, since)
        self.assertEqual(self.stages()["ordered"]["oldest"], fields.Datetime.to_string(since))

    def test_the_clock_of_a_stage_starts_when_it_is_reached(self):
        order = self.order(10)
        since = fields.Datetime.now() - timedelta(days=3)
        order.o2c_stage_since = since
        order.order_line.product_uom_qty = 2
        self.env.flush_all()
        self.assertEqual((order.o2c_stage, order.o2c_stage_since), ("ordered", since))
        order._action_cancel()
        self.assertEqual(order.o2c_stage, "cancelled")
        self.assertGreater(order.o2c_stage_since, since)

    def test_done_is_told_for_thirty_days_only(self):
        fresh, old = self.order(1), self.order(1)
        (fresh | old).o2c_stage = "done"
        old.o2c_stage_since = fields.Datetime.now() - timedelta(days=31)
        self.assertEqual(self.stages()["done"]["count"], 1)
        action = self.env["o2c.overview"].action_open_stage("done")
        self.assertEqual(self.env["sale.order"].search(action["domain"]), fresh)

    def test_a_stage_opens_its_orders(self):
        order = self.order(1)
        action = self.env["o2c.overview"].action_open_stage("ordered")
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)

    def test_what_needs_a_person_is_grouped_and_the_oldest_comes_first(self):
        issues = self.env["o2c.issue"]
        order = self.order(1)
        late = issues._report(order, "order", "An unknown product.")
        issues._report(order, "tax", "No tax of 3 %.", key="3")
        issues._report(order, "tax", "No tax of 4 %.", key="4")
        issues._report(order, "stock", "Gone.").action_ignore()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE o2c_issue SET create_date = create_date - interval '1 day' WHERE id = %s", [late.id]
        )
        self.env.invalidate_all()
        todo = self.env["o2c.overview"].get_overview()["todo"]
        self.assertEqual([(entry["key"], entry["count"]) for entry in todo], [("order", 1), ("tax", 2)])
        self.assertEqual(
            set(issues.search([("state", "=", "open"), *todo[1]["action"]["domain"]]).mapped("kind")), {"tax"}
        )

    def test_a_connection_shows_its_health_and_backlog(self):
        connection = self.env["o2c.fake.connection"].create(
            {"name": "Ours", "company_id": self.company.id, "state": "error", "last_error": "No answer."}
        )
        self.env["o2c.inbox.event"]._receive(connection, "t", "d-1", "{}")
        cards = self.env["o2c.overview"].get_overview()["connections"]
        card = next(card for card in cards if card["model"] == "o2c.fake.connection")
        self.assertEqual(
            (card["id"], card["state"], card["last_error"], card["backlog"]),
            (connection.id, "error", "No answer.", 1),
        )
        self.assertEqual(len(card["graph"]), 14)

    def test_days_are_counted_in_the_graph(self):
        self.order(1)
        self.order(1)
        today = fields.Date.context_today(self.env.user)
        counts = self.env["o2c.fake.connection"]._o2c_count_daily(
            "sale.order", [("company_id", "=", self.company.id)], "date_order", today
        )
        self.assertEqual(counts, {today: 2})

    def test_it_is_not_for_outsiders(self):
        outsider = new_test_user(self.env, "o2c_overview_outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["o2c.overview"].with_user(outsider).get_overview()

    def test_a_user_without_sales_rights_sees_no_amounts(self):
        clerk = new_test_user(
            self.env,
            "o2c_overview_clerk",
            groups="o2c_base.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.order(1)
        found = self.env["o2c.overview"].with_user(clerk).get_overview()
        self.assertEqual((found["stages"], found["checklist"]), ([], []))

    def test_its_queries_do_not_grow_with_the_orders(self):
        overview = self.env["o2c.overview"]
        self.order(1)
        overview.get_overview()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            few = self.env.cr.sql_log_count
            overview.get_overview()
            few = self.env.cr.sql_log_count - few
        for _number in range(5):
            self.order(1)
        self.env.invalidate_all()
        with self.assertQueryCount(few):
            overview.get_overview()
