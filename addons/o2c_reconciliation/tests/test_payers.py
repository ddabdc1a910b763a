from odoo import Command
from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestPayers(ReconciliationCase):
    """Whose the open items are, and whom a name may mean."""

    def owed_by(self, partner, amount):
        """An entry by which a partner owes something, such as one of an opening balance."""
        income = self.env["account.account"].search([("account_type", "=", "income")], limit=1)
        receivable = partner.property_account_receivable_id
        entry = self.env["account.move"].create(
            {
                "date": "2026-11-02",
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": partner.id, "debit": amount}),
                    Command.create({"account_id": income.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def test_what_a_contact_owes_is_owed_by_the_company(self):
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.partner.id})
        self.invoice(50)
        entry = self.owed_by(contact, 50)
        line = self.bank_line(50, "betaling", partner_id=self.partner.id)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed", "Two items of the customer have the amount.")
        both = self.bank_line(100, "betaling", partner_id=contact.id)
        line.o2c_excluded = True
        self.run_matching()
        self.assertEqual(both.o2c_match_state, "matched")
        self.assertIn(entry, self.applied(both).move_ids)

    def test_an_archived_namesake_who_owes_something(self):
        shown, archived = self.env["res.partner"].create([{"name": "Anna Bakker"}] * 2)
        self.invoice(50, partner=archived)
        archived.active = False
        line = self.bank_line(50, "betaling", partner_name="Anna Bakker")
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")
        shown.active = False
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched")

    def test_a_namesake_at_a_company(self):
        anna = self.env["res.partner"].create({"name": "Anna Bakker"})
        contact = self.env["res.partner"].create({"name": "Anna Bakker", "parent_id": self.partner.id})
        self.env["res.partner"].create({"name": "Anna Bakker", "parent_id": anna.id, "type": "invoice"})
        self.invoice(50, partner=anna)
        self.invoice(50)
        line = self.bank_line(50, "betaling", partner_name="Bakker Anna")
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed", "She may have paid for the company.")
        contact.type = "delivery"
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched", "Who receives a parcel does not pay for it.")

    def test_the_account_of_another_companys_contact(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.partner"].create({"name": "Tuin & Zo", "company_id": other.id})
        number = "NL91ABNA0417164300"
        self.env["res.partner.bank"].create(
            [{"acc_number": number, "partner_id": owner.id} for owner in (stranger, self.partner)]
        )
        self.invoice(50)
        line = self.bank_line(50, "betaling", account_number=number)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched")
