from odoo.tests import tagged

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestSpeed(MollieCase):
    """What this addon adds to Odoo's own work does not grow with the settlement."""

    def _counted(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _import(self, number):
        """:return: queries of the import, and of stock Odoo making the same lines in one batch."""
        self.mollie("generate", count=number, seed=number)
        self.account._sync_settlements()
        settlement = self.env["o2c.mollie.settlement"].search([("state", "=", "new")])
        self.assertEqual(len(settlement), 1)
        ours = self._counted(settlement._import)
        self.assertEqual(settlement.state, "booked")
        self.assertEqual(len(self.lines(settlement, "payment")), number)
        other = self.journal.copy({"name": f"Stock {number}", "code": f"ST{number}"})
        values = [
            {
                "journal_id": other.id,
                "date": line.date,
                "payment_ref": line.payment_ref,
                "amount": line.amount,
            }
            for line in settlement.line_ids
        ]
        stock = self._counted(
            lambda: self.env["account.bank.statement"].create(
                {"name": "stock", "line_ids": [(0, 0, vals) for vals in values]}
            )
        )
        return ours, stock

    def test_queries_of_our_own_stay_the_same(self):
        self._import(10)
        few, few_stock = self._import(20)
        many, many_stock = self._import(60)
        self.assertLess(many - many_stock, few - few_stock + 10)
        self.assertLess(many - many_stock, 60)
