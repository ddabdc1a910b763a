from unittest.mock import patch

from odoo.tests import tagged

from ..models import o2c_mollie_settlement_import
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

    def test_memory_is_that_of_a_page(self):
        """However large the settlement, Odoo remembers the entries of one page at a time."""
        lines = self.env.registry["account.bank.statement.line"]
        create, pages, remembered = lines.create, [], []

        def one_page(records, vals_list):
            # The related entry is the heaviest part of a line.
            remembered.append(len(list(records._fields["move_id"]._get_all_cache_ids(records.env))))
            pages.append(len(vals_list))
            return create(records, vals_list)

        self.mollie("generate", count=25, seed=1)
        self.account._sync_settlements()
        settlement = self.env["o2c.mollie.settlement"].search([("state", "=", "new")])
        with (
            patch.object(o2c_mollie_settlement_import, "PAGE", 10),
            patch.object(lines, "create", one_page),
        ):
            settlement._import()
        self.assertGreater(len(pages), 2)
        self.assertLessEqual(max(pages), 10)
        self.assertEqual(max(remembered), 0, "what is remembered grows from page to page")
        self.assertEqual(len(settlement.line_ids), sum(pages))
        self.assertEqual(settlement.state, "booked", settlement.note)
        self.assertTrue(settlement.is_proven)
        self.assertAlmostEqual(settlement.statement_difference, 0.0)
        self.assertBooksEqualMollie()
