from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import match_accept
from .test_review import ReviewCase


@tagged("post_install", "-at_install")
class TestAccepting(ReviewCase):
    """What a person accepts is posted as it is at that moment, and nothing besides."""

    def rule(self, strategy):
        return self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", strategy)]
        )

    # === Money that goes the way back === #

    def charged_back(self):
        """An invoice whose payment was matched, and the line that takes it back."""
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        self.mollie_line(100, "r1")
        self.run_matching()
        self.assertEqual(invoice.payment_state, "paid")
        return invoice, self.mollie_line(-100, "r1", "chargeback")

    def check_taken_back(self, line, document):
        """The proposal says what it takes back, and does it."""
        shown = line.with_user(self.accountant).o2c_review()["proposals"][0]
        self.assertTrue(shown["takes_back"])
        self.assertEqual([item["residual"] for item in shown["items"]], [line.amount])
        self.assertIn(document.name, shown["items"][0]["name"])
        line.with_user(self.accountant).action_o2c_accept()
        self.assertEqual((line.o2c_match_state, document.payment_state), ("manual", "not_paid"))
        match = self.applied(line)
        self.assertEqual((match.amount, match.explained, match.residual), (line.amount, line.amount, 0))

    def test_a_chargeback_that_was_undone_is_accepted_again(self):
        invoice, line = self.charged_back()
        self.run_matching()
        self.assertEqual(invoice.payment_state, "not_paid")
        before = self.books(invoice)
        self.applied(line).action_undo()
        self.assertEqual(invoice.payment_state, "paid")
        self.run_matching()
        self.check_taken_back(line, invoice)
        self.assertEqual([row[:-1] for row in before], [row[:-1] for row in self.books(invoice)])

    def test_chargebacks_of_a_manual_rule_are_accepted_in_bulk(self):
        self.rule("platform_chargeback").trigger = "manual"
        invoice, line = self.charged_back()
        other, _invoices = self.proposed([70])
        self.assertIs((line | other).with_user(self.accountant).action_o2c_accept(), True)
        self.assertEqual((line.o2c_match_state, invoice.payment_state), ("manual", "not_paid"))
        second = self.mollie_line(-100, "r1", "chargeback", mollie_id="chb_2")
        self.run_matching()
        self.assertEqual(second.o2c_match_state, "open", "nothing is left to be taken back")

    def test_a_chargeback_that_something_else_took_back_meanwhile(self):
        self.rule("platform_chargeback").trigger = "manual"
        _invoice, line = self.charged_back()
        self.run_matching()
        match = line.o2c_best_match_id
        match.action_accept()
        second = self.mollie_line(-100, "r1", "chargeback", mollie_id="chb_2")
        again = match.copy({"line_ids": [(6, 0, second.ids)], "state": "proposed"})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            again.action_accept()
        self.assertFalse(second.is_reconciled)

    def test_a_returned_refund_of_a_manual_rule(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        credit = self.invoice(30, move_type="out_refund")
        self.pay(credit, o2c_parent_reference="r1")
        self.mollie_line(-30, "r1", "refund")
        self.run_matching()
        self.rule("platform_refund").trigger = "manual"
        line = self.mollie_line(30, False, "returned_refund")
        self.run_matching()
        self.check_taken_back(line, credit)

    # === The figures are those of the moment === #

    def test_the_second_match_of_a_line_says_what_it_explains(self):
        invoices = self.invoices([60, 40])
        line = self.bank_line(100, f"{invoices[1].name} and more")
        line.o2c_review_apply([self.part(invoices[0])], [])
        self.by_reference.trigger = "manual"
        self.run_matching()
        line.action_o2c_accept()
        self.assertTrue(line.is_reconciled)
        first, second = self.applied(line).sorted("id")
        self.assertEqual((second.amount, second.explained, second.residual), (40, 40, 0))
        shown = line.o2c_review()
        self.assertEqual([match["id"] for match in shown["applied"]], [first.id, second.id])
        self.assertEqual((shown["total"], sum(match["explained"] for match in shown["applied"])), (100, 100))

    def test_an_invoice_that_was_paid_in_part_meanwhile(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        self.run_matching()
        self.assertEqual(line.o2c_best_match_id.residual, -3)
        self.pay(invoice, "r1", amount=3)
        line.action_o2c_accept()
        match = self.applied(line)
        self.assertEqual((match.amount, match.explained, match.residual), (97, 97, 0))
        self.assertEqual((line.is_reconciled, invoice.amount_residual), (True, 0))

    def test_parts_laid_out_for_what_the_line_no_longer_has(self):
        invoices = self.invoices([60, 100])
        line = self.bank_line(100, "x").with_user(self.accountant)
        line.o2c_review_apply([self.part(invoices[0])], [], 100.0)
        with self.assertRaisesRegex(UserError, "40.00"):
            line.o2c_review_apply([self.part(invoices[1])], [], 100.0)
        self.assertEqual(invoices[1].amount_residual, 100)
        line.o2c_review_apply([self.part(invoices[1])], [], 40.0)
        self.assertEqual(invoices[1].amount_residual, 60)

    def test_lines_in_two_currencies_are_not_taken_together(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        lines, _invoices = self.proposed([50])
        match = lines.o2c_best_match_id
        foreign = self.bank_line(45, "x", foreign_currency_id=dollar.id, amount_currency=50)
        match.line_ids = lines | foreign
        shown = lines.o2c_review()["proposals"][0]["lines"]
        self.assertEqual([(line["amount"], line["currency_id"]) for line in shown], [(50, dollar.id)])
        with self.assertRaisesRegex(UserError, "currencies"):
            match.action_accept()
        self.assertEqual((foreign.o2c_open_amount, foreign.o2c_open_currency_id), (50, dollar))

    def test_what_is_open_has_the_sign_of_the_line(self):
        out, into = self.bank_line(-12.5, "a"), self.bank_line(30, "b")
        self.assertEqual((out | into).mapped("o2c_open_amount"), [-12.5, 30])

    # === Many at once === #

    def test_of_many_only_those_that_fail_are_left_and_named(self):
        lines, invoices = self.proposed([10, 20, 30])
        self.pay(invoices[1], "r1")
        answer = lines.with_user(self.accountant).action_o2c_accept()
        self.assertEqual(lines.mapped("o2c_match_state"), ["manual", "proposed", "manual"])
        message = answer["params"]["message"]
        self.assertIn(f"“{lines[1].payment_ref}”: The bank line or its counterpart", message)
        self.assertNotIn(lines[0].payment_ref, message)
        self.assertEqual(answer["params"]["next"], {"type": "ir.actions.act_window_close"})

    def test_many_are_left_and_a_few_of_them_named(self):
        invoice = self.invoice(50)
        lines = self.bank_lines([{"amount": 50, "payment_ref": f"{invoice.name} {n}x"} for n in "abcdefg"])
        self.run_matching()
        message = lines.action_o2c_accept()["params"]["message"]
        self.assertIn("Another of the chosen proposals claims the same", message)
        self.assertEqual((message.count("“"), "And 2 more." in message), (5, True))
        self.assertFalse(any(lines.mapped("is_reconciled")))

    def test_too_many_at_once(self):
        lines, _invoices = self.proposed([10, 20, 30])
        with patch.object(match_accept, "AT_ONCE", 2):
            with self.assertRaisesRegex(UserError, "At most 2"):
                lines.action_o2c_accept()
            with self.assertRaisesRegex(UserError, "At most 2"):
                lines.o2c_best_match_id.action_accept()
            lines[:2].o2c_best_match_id.action_accept()
        self.assertEqual(lines.mapped("o2c_match_state"), ["manual", "manual", "proposed"])

    def check_alike(self, lines):
        """These and no other lines of the journal are of the first one's kind."""
        domain = [("journal_id", "=", self.bank.id)]
        shown = lines[0].with_user(self.accountant).o2c_review(domain)
        self.assertEqual(sorted(shown["alike_ids"]), sorted(lines.ids))
        self.assertFalse(shown["alike_more"])
        return domain

    def by_partner(self, *debts):
        """Lines over 13 of which each has a partner of its own, who owes these amounts."""
        self.rule("partner_amount").trigger = "manual"
        lines = self.env["account.bank.statement.line"]
        for number, amounts in enumerate(debts):
            partner = self.env["res.partner"].create({"name": f"Kwekerij {number}"})
            self.invoices(amounts, partner=partner)
            lines |= self.bank_line(13, f"from {number}", partner_id=partner.id)
        return lines

    def test_an_ambiguous_proposal_is_not_alike(self):
        lines = self.by_partner([13], [13], [6, 7, 5, 8])
        self.run_matching()
        self.assertEqual(lines[2].o2c_best_match_id.residual, 0)
        self.assertEqual(set(lines.mapped("o2c_model_id")), {self.rule("partner_amount")})
        domain = self.check_alike(lines[:2])
        self.assertFalse(lines[2].with_user(self.accountant).o2c_review(domain)["alike"])
        lines[0].with_user(self.accountant).action_o2c_accept_alike(domain, lines[:2].ids)
        self.assertEqual(lines.mapped("o2c_match_state"), ["manual", "manual", "proposed"])

    def test_a_proposal_with_a_warning_is_not_alike(self):
        lines = self.by_partner([13], [13], [6, 7])
        lines[2].payment_ref = "INV/2025/77777"
        self.run_matching()
        self.assertIn("another number", lines[2].o2c_explanation)
        self.assertEqual(lines[2].o2c_best_match_id.residual, 0)
        self.assertEqual(set(lines.mapped("o2c_model_id")), {self.rule("partner_amount")})
        self.check_alike(lines[:2])

    def test_what_a_person_took_apart_is_not_alike(self):
        lines, _invoices = self.proposed([10, 20, 30])
        lines[2].action_o2c_accept()
        lines[2].action_o2c_undo()
        self.run_matching()
        self.assertEqual((lines[2].o2c_match_state, lines[2].o2c_best_match_id.residual), ("proposed", 0))
        self.check_alike(lines[:2])

    def test_two_lines_for_one_document_are_not_alike(self):
        lines, invoices = self.proposed([10, 20, 30])
        twice = self.bank_line(30, invoices[2].name)
        self.run_matching()
        self.assertEqual(twice.o2c_best_match_id.residual, 0)
        self.check_alike(lines[:2])

    def test_lines_that_pay_together_are_not_alike(self):
        lines, _invoices = self.proposed([10, 20])
        invoice = self.invoice(100)
        self.bank_lines(
            [{"amount": 60, "payment_ref": invoice.name}, {"amount": 40, "payment_ref": invoice.name}]
        )
        self.run_matching()
        self.check_alike(lines)

    def test_a_line_left_alone_by_another_is_looked_at_anew(self):
        self.rule("document_reference").trigger = "manual"
        invoice, other = self.invoices([100, 60])
        lines = self.bank_lines(
            [{"amount": 60, "payment_ref": invoice.name}, {"amount": 40, "payment_ref": invoice.name}]
        )
        self.run_matching()
        self.assertEqual(lines.o2c_best_match_id.line_ids, lines, "they are proposed together")
        jobs = self.env["queue.job"].sudo().search([("model_name", "=", "o2c.match")])
        jobs.state = "done"
        lines[0].with_user(self.accountant).o2c_review_apply([self.part(other)], [], 60.0)
        again = self.env["queue.job"].sudo().search([("model_name", "=", "o2c.match")]) - jobs
        self.assertEqual(len(again), 1)
        self.match._run_job(*again.args)
        self.assertEqual(lines[1].o2c_best_match_id.item_ids.move_id, invoice)
        self.assertEqual(lines[1].o2c_best_match_id.line_ids, lines[1])

    def test_no_more_is_accepted_than_was_told(self):
        lines, invoices = self.proposed([10, 20])
        domain = self.check_alike(lines)
        later = self.bank_line(30, self.invoice(30).name)
        self.run_matching()
        first = lines[0].with_user(self.accountant)
        first.action_o2c_accept_alike(domain, lines.ids)
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"manual"})
        self.assertEqual(later.o2c_match_state, "proposed")

    def test_nothing_is_accepted_when_one_has_changed(self):
        lines, _invoices = self.proposed([10, 20, 30])
        domain = self.check_alike(lines)
        lines[1].action_o2c_accept()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            lines[0].with_user(self.accountant).action_o2c_accept_alike(domain, lines.ids)
        self.assertEqual(lines.mapped("o2c_match_state"), ["proposed", "manual", "proposed"])

    # === Excluding === #

    def test_excluding_twice_is_excluding(self):
        lines, _invoices = self.proposed([10, 20])
        done = lines[1].with_user(self.accountant)
        done.action_o2c_accept()
        mine = lines.with_user(self.accountant)
        mine.action_o2c_exclude()
        mine.action_o2c_exclude()
        self.assertEqual(lines.mapped("o2c_excluded"), [True, False])
        mine.action_o2c_include()
        mine.action_o2c_include()
        self.assertEqual(lines.mapped("o2c_match_state"), ["proposed", "manual"])

    def test_a_line_of_another_company_cannot_be_excluded(self):
        line, _invoices = self.proposed([10])
        other = self.env["res.company"].create({"name": "Other"})
        self.accountant.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for method in ("action_o2c_exclude", "action_o2c_include"):
            with self.assertRaises(AccessError):
                getattr(line.with_user(self.accountant), method)()
        self.assertFalse(line.o2c_excluded)

    # === Searching === #

    def test_the_exact_amount_is_found_among_many(self):
        invoices = self.invoices([float(n) for n in range(101, 136)])
        line = self.bank_line(135, "x", partner_id=self.partner.id).with_user(self.accountant)
        for text in ("", "Tuin"):
            found = line.o2c_review_search(text)
            self.assertEqual((len(found), found[0]["name"]), (30, invoices[-1].name))

    def test_an_amount_in_the_users_own_way(self):
        line = self.bank_line(1, "x")
        dutch = self.env["res.lang"]._activate_lang("nl_NL")
        self.assertEqual(dutch.decimal_point, ",")
        for text, english, other in (
            ("1,234", 1234, 1.234),
            ("1.234", 1.234, 1234),
            ("12,34", 12.34, 12.34),
            ("12.34", 12.34, 12.34),
            ("1.234,50", 1234.5, 1234.5),
            ("1,234.50", 1234.5, 1234.5),
            ("1.234.567", 1234567, 1234567),
            ("1 234,5", 1234.5, 1234.5),
            ("-1'234.50", 1234.5, 1234.5),
            ("1234", 1234, 1234),
            ("INV/1", None, None),
            ("1,2,3.4.5", None, None),
        ):
            for lang, amount in (("en_US", english), ("nl_NL", other)):
                with self.subTest(text=text, lang=lang):
                    self.env.user.lang = lang
                    self.assertEqual(line._o2c_number(text), amount)
