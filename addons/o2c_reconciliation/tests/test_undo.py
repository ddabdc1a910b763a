import random

from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestUndo(ReconciliationCase):
    """Whatever was matched and in whichever order it is undone: the books are what they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elders = cls.env["res.partner"].create(
            {
                "name": "Elders",
                "property_account_receivable_id": cls.partner.property_account_receivable_id.copy(
                    {"code": "139997"}
                ).id,
            }
        )
        dollar = cls.env.ref("base.USD")
        dollar.active = True
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "name": day, "rate": rate, "company_id": cls.company.id}
                for day, rate in (("2026-11-01", 1.25), ("2026-11-09", 1.0))
            ]
        )
        cls.documents = cls.invoices([100, 60, 40, 200, 90])
        paid, first, second, halves, credited = cls.documents
        cls.documents |= cls.invoice(55, partner=cls.elders) | cls.invoice(100, currency_id=dollar.id)
        elders, dollars = cls.documents[-2:]
        credit = cls.invoice(30, move_type="out_refund")
        cls.documents |= credit
        cls.payments = cls.pay(paid, "r1") | cls.pay(credited, "r2")
        cls.payments |= cls.pay(credit, o2c_parent_reference="r2")
        cls.expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.discount = cls.env["account.reconcile.model"].create(
            {"name": "Discount", "line_ids": [(0, 0, {"account_id": cls.expense.id})]}
        )
        cls.lines = (
            cls.mollie_line(100, "r1", payment="tr_1")
            | cls.mollie_line(90, "r2", payment="tr_2")
            | cls.mollie_line(-30, "r2", "refund", payment="tr_2")
            | cls.mollie_line(-115, "payout", "payout", payment=False)
            | cls.bank_line(115, "Stichting Mollie Payments")
            | cls.bank_line(155, f"{first.name} {second.name} {elders.name}")
            | cls.bank_line(120, halves.name)
            | cls.bank_line(80, halves.name)
            | cls.bank_line(100, dollars.name, foreign_currency_id=dollar.id, amount_currency=100)
            | cls.bank_line(-7, "Bank charges")
        )
        # Chargeback and returned refund stand on what was matched before them.
        cls.back = cls.mollie_line(-100, "r1", "chargeback", payment="tr_1") | cls.mollie_line(
            30, "r2", "returned_refund", payment="tr_2"
        )

    def whole(self):
        """All of the books that matching may touch."""
        self.env.invalidate_all()
        books = [
            *self.books(self.lines | self.back),
            *self.books(self.documents),
            *self.books(self.payments),
        ]
        # What belongs together must be what it was; the number that says so is a new one where a payment
        # was taken from its invoice and given back.
        names = {}
        return (
            [
                row[:-1] + (names.setdefault(row[-1], len(names)),) if isinstance(row[-1], str) else row
                for row in books
            ],
            self.documents.mapped("payment_state"),
            self.payments.mapped("is_matched"),
        )

    def match_and_undo(self, rng):
        before = self.whole()
        self.run_matching()
        self.run_matching()
        charges = self.lines[-1]
        choice = {"line_id": charges.id, "write_off_id": self.discount.id}
        self.env["o2c.match.choice"].create(choice).action_apply()
        every = self.lines | self.back
        self.assertFalse(every.filtered(lambda line: not line.is_reconciled).mapped("payment_ref"))
        applied = every.o2c_match_ids.filtered(lambda match: match.state == "applied")
        shuffled = list(applied)
        rng.shuffle(shuffled)
        while shuffled:
            size = rng.randint(1, 4)
            applied.concat(*shuffled[:size]).action_undo()
            shuffled = shuffled[size:]
        for old, new in zip(before, self.whole(), strict=True):
            self.assertEqual(old, new)

    def test_any_order(self):
        for seed in range(2):
            savepoint = self.env.cr.savepoint()
            with self.subTest(seed=seed):
                self.match_and_undo(random.Random(seed))
            savepoint.close(rollback=True)
            self.env.invalidate_all()
