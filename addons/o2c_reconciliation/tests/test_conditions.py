from odoo.tests import Form, new_test_user, tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestConditions(ReconciliationCase):
    """What an accountant sets on a reconciliation model decides which lines it looks at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "rec_rules", groups="o2c_base.group_accountant,account.group_account_invoice"
        )
        cls.expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)

    def charges(self, **values):
        """A model that books bank charges, made by an accountant."""
        models = self.env["account.reconcile.model"].with_user(self.accountant)
        return models.create(
            {
                "name": "Bank charges",
                "o2c_matching": "counterpart",
                "trigger": "auto_reconcile",
                "line_ids": [(0, 0, {"account_id": self.expense.id})],
                **values,
            }
        )

    def booked(self, lines):
        self.run_matching()
        return lines.filtered("is_reconciled")

    def test_journals(self):
        self.charges(
            match_label="contains", match_label_param="costs", match_journal_ids=[(6, 0, self.bank.ids)]
        )
        here = self.bank_line(-5, "costs")
        elsewhere = self.bank_line(-5, "costs", self._journal("Savings", "TSAV"))
        self.match.run(journals=here.journal_id | elsewhere.journal_id)
        self.assertEqual((here.is_reconciled, elsewhere.is_reconciled), (True, False))

    def test_partners(self):
        other = self.env["res.partner"].create({"name": "Bank of Elsewhere"})
        self.charges(match_partner_ids=[(6, 0, other.ids)])
        lines = self.bank_lines(
            [
                {"amount": -5, "payment_ref": "a", "partner_id": partner}
                for partner in (other.id, self.partner.id, False)
            ]
        )
        self.assertEqual(self.booked(lines), lines[0])

    def test_amount_between(self):
        self.charges(match_amount="between", match_amount_min=5, match_amount_max=10)
        lines = self.bank_lines(
            [{"amount": amount, "payment_ref": "x"} for amount in (-4.99, -5, 7, -10, -10.01)]
        )
        self.assertEqual(self.booked(lines), lines[1:4])

    def test_amount_greater(self):
        self.charges(match_amount="greater", match_amount_min=5)
        lines = self.bank_lines([{"amount": amount, "payment_ref": "x"} for amount in (-4.99, -5, -700)])
        self.assertEqual(self.booked(lines), lines[1:])

    def test_label_by_regular_expression(self):
        self.charges(match_label="match_regex", match_label_param=r"costs? +q[1-4]\b")
        texts = ("Costs Q3", "COST  q1", "costs Q5", "q3 costs")
        lines = self.bank_lines([{"amount": -5, "payment_ref": text} for text in texts])
        self.assertEqual(self.booked(lines), lines[:2])

    def test_label_without_a_word(self):
        self.charges(match_label="not_contains", match_label_param="salary")
        lines = self.bank_lines([{"amount": -5, "payment_ref": text} for text in ("costs", "Salary May")])
        self.assertEqual(self.booked(lines), lines[0])

    def test_an_accountant_edits_a_shipped_model(self):
        model = self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", "document_reference")]
        )
        with Form(model.with_user(self.accountant)) as form:
            form.trigger = "manual"
            form.match_label = "not_contains"
            form.match_label_param = "betwist"
        invoices = self.invoices([100, 70])
        lines = self.bank_line(100, invoices[0].name) | self.bank_line(70, f"{invoices[1].name} betwist")
        self.run_matching()
        self.assertEqual(lines[0].o2c_best_match_id.model_id, model)
        self.assertEqual(lines[0].o2c_match_state, "proposed")
        self.assertNotIn(model, lines[1].o2c_match_ids.model_id)

    def test_an_amount_that_cannot_be_read_is_said_in_words(self):
        self.charges(
            match_label="contains",
            match_label_param="costs",
            line_ids=[
                (
                    0,
                    0,
                    {
                        "account_id": self.expense.id,
                        "amount_type": "regex",
                        "amount_string": r"costs ([\d.,]+)",
                    },
                )
            ],
        )
        clear = self.bank_line(-4.5, "costs 4,50")
        line = self.bank_line(-1234.56, "costs 1.234,56")
        self.run_matching()
        self.assertTrue(clear.is_reconciled)
        self.assertFalse(line.is_reconciled)
        (message,) = self.issues(line)
        self.assertIn("1.234,56", message)
        self.assertIn("regular expression", message)
