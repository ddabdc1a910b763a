from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestAccess(ReconciliationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "rec_accountant", groups="o2c_base.group_accountant,account.group_account_invoice"
        )
        cls.clerk = new_test_user(cls.env, "rec_clerk", groups="o2c_base.group_user")
        cls.nobody = new_test_user(cls.env, "rec_nobody", groups="base.group_user")

    def proposal(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        self.run_matching()
        return line.o2c_best_match_id

    def test_an_accountant_accepts_undoes_and_runs(self):
        match = self.proposal().with_user(self.accountant)
        match.action_accept()
        self.assertEqual(match.state, "applied")
        self.assertEqual(match.applied_by, self.accountant)
        self.assertFalse(match.automatic)
        match.action_undo()
        self.assertEqual((match.state, match.undone_by), ("undone", self.accountant))
        invoice = self.invoice(55)
        line = self.bank_line(55, invoice.name).with_user(self.accountant)
        self.match.with_user(self.accountant).run(journals=self.bank)
        self.assertEqual(line.o2c_match_state, "matched")
        line.action_o2c_undo()
        line.action_o2c_exclude()
        self.assertEqual(line.o2c_match_state, "excluded")
        self.match.with_user(self.accountant).run(journals=self.bank)
        self.assertFalse(line.is_reconciled)

    def test_a_user_looks_only(self):
        match = self.proposal().with_user(self.clerk)
        self.assertTrue(match.explanation)
        line = match.line_ids
        self.assertEqual(line.o2c_match_state, "proposed")
        line.read(["payment_ref", "amount", "date", "o2c_explanation"])
        for forbidden in (
            match.action_accept,
            match.action_undo,
            line.action_o2c_accept,
            line.action_o2c_match,
            line.action_o2c_exclude,
            match.run,
        ):
            with self.assertRaises(AccessError):
                forbidden()
        with self.assertRaises(AccessError):
            match.write({"state": "applied"})
        with self.assertRaises(AccessError):
            match.run_id.with_user(self.clerk).action_undo()

    def test_others_see_nothing(self):
        match = self.proposal()
        with self.assertRaises(AccessError):
            match.with_user(self.nobody).read(["explanation"])

    def test_nobody_writes_a_match_directly(self):
        match = self.proposal()
        for values in ({"state": "applied"}, {"snapshot": {}}):
            with self.assertRaises(AccessError):
                match.with_user(self.accountant).write(values)
        with self.assertRaises(AccessError):
            match.with_user(self.accountant).read(["snapshot"])

    def test_companies_are_kept_apart(self):
        other = self.env["res.company"].create({"name": "Other", "country_id": self.company.country_id.id})
        self.env["account.chart.template"].try_loading("nl", company=other, install_demo=False)
        models = self.env["account.reconcile.model"].search(
            [("company_id", "=", other.id), ("o2c_matching", "!=", False)]
        )
        self.assertEqual(len(models), 8)
        journal = self.env["account.journal"].create(
            {"name": "Other bank", "code": "OBNK", "type": "bank", "company_id": other.id}
        )
        invoice = self.invoice(100)
        foreign = self.bank_line(100, invoice.name, journal)
        (self.match.with_company(other)).run(journals=journal)
        self.assertFalse(foreign.is_reconciled)
        self.assertEqual(invoice.payment_state, "not_paid")
        own = self.bank_line(100, invoice.name)
        self.run_matching()
        match = self.applied(own)
        self.accountant.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        seen = self.match.with_user(self.accountant).with_context(allowed_company_ids=other.ids)
        self.assertFalse(seen.search([("id", "=", match.id)]))
