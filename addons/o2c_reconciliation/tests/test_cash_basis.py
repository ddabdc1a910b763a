from odoo import Command
from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestCashBasis(ReconciliationCase):
    """Taxes that are due when money moves, on what a reconciliation model books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_exigibility = True
        cls.waiting, cls.due = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": "liability_current", "reconcile": True}
                for name, code in (("VAT waiting", "251998"), ("VAT due", "251999"))
            ]
        )
        country = cls.company.account_fiscal_country_id
        cls.base_tag, cls.tax_tag = cls.env["account.account.tag"].create(
            [{"name": name, "applicability": "taxes", "country_id": country.id} for name in ("Base", "VAT")]
        )
        parts = [
            Command.create({"repartition_type": "base", "tag_ids": [Command.set(cls.base_tag.ids)]}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "account_id": cls.due.id,
                    "tag_ids": [Command.set(cls.tax_tag.ids)],
                }
            ),
        ]
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "20 % on payment",
                "amount": 20,
                "type_tax_use": "purchase",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": cls.waiting.id,
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
            }
        )
        expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.charges = cls.env["account.reconcile.model"].create(
            {
                "name": "Charges",
                "line_ids": [
                    Command.create({"account_id": expense.id, "tax_ids": [Command.set(cls.tax.ids)]})
                ],
            }
        )

    def balance(self, account):
        items = self.env["account.move.line"].search([("account_id", "=", account.id)])
        return sum(items.mapped("balance"))

    def rest(self):
        return [{"model_id": self.charges.id, "amount": None}]

    def test_on_a_line_of_its_own_the_tax_is_due_at_once(self):
        line = self.bank_line(-12, "charges")
        line.o2c_review_apply([], self.rest())
        self.assertEqual((self.balance(self.waiting), self.balance(self.due)), (0, 2))
        self.assertEqual(line.move_id.line_ids.tax_tag_ids, self.base_tag | self.tax_tag)
        line.action_o2c_undo()
        self.assertEqual(self.balance(self.due), 0)

    def test_beside_an_invoice_odoo_makes_it_due_when_that_is_paid(self):
        invoice = self.invoice(100)
        line = self.bank_line(88, "less charges")
        before = [row[1:] for row in self.books(line)], self.books(invoice)
        item = invoice.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")
        line.o2c_review_apply([{"id": item.id, "amount": None}], self.rest())
        self.assertEqual((self.balance(self.waiting), self.balance(self.due)), (0, 2))
        line.action_o2c_undo()
        self.assertEqual((self.balance(self.waiting), self.balance(self.due)), (0, 0))
        self.assertEqual(before, ([row[1:] for row in self.books(line)], self.books(invoice)))
