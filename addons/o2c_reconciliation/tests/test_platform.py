from odoo.tests import tagged

from ..hooks import post_init_hook
from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestPlatform(ReconciliationCase):
    def test_payment_is_matched_and_explained(self):
        invoice = self.invoice(100, ref="#1042")
        self.pay(invoice, "rXYZ")
        line = self.mollie_line(100, "rXYZ", payment="tr_9")
        run = self.run_matching()
        match = self.applied(line)
        self.assertEqual(line.o2c_match_state, "matched")
        self.assertTrue(line.is_reconciled)
        self.assertEqual(match.model_id.name, "Mollie payment")
        self.assertEqual(match.strategy, "platform_payment")
        for words in ("tr_9", "rXYZ", "#1042", invoice.name):
            self.assertIn(words, match.explanation)
        self.assertTrue(match.automatic)
        self.assertEqual(match.applied_by, self.env.user)
        self.assertTrue(match.applied_at)
        self.assertEqual((match.amount, match.explained, match.residual), (100, 100, 0))
        self.assertIn(invoice, match.move_ids)
        self.assertEqual(invoice.o2c_match_count, 1)
        self.assertEqual((run.matched_count, run.failed_count), (1, 0))

    def test_a_french_company_reads_french(self):
        """Whoever has the lines matched: the words stay the same, and proposals are not made anew."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        invoice = self.invoice(100)
        self.pay(invoice, "rXYZ")
        paid = self.mollie_line(100, "rXYZ", payment="tr_9")
        differs = self.bank_line(98, f"{self.invoice(125).name} -/- 2 % korting")
        self.run_matching()
        words = self.applied(paid).explanation
        self.assertTrue(words.startswith("Paiement Mollie tr_9"), words)
        self.assertTrue(words.endswith(f"sa description rXYZ est celle de {invoice.name}."), words)
        proposal = differs.o2c_best_match_id
        self.assertRegex(proposal.explanation, r"Les montants diffèrent.*98,00 au lieu de 125,00\.$")
        self.match.with_context(lang="en_US").run()
        self.assertEqual(differs.o2c_best_match_id, proposal)

    def test_undo_restores_the_books_and_is_not_repeated(self):
        invoice = self.invoice(100)
        payment = self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        before = self.books(line), self.books(payment)
        self.run_matching()
        self.assertNotEqual(before, (self.books(line), self.books(payment)))
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), self.books(payment)))
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")
        line.action_o2c_accept()
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertEqual(invoice.payment_state, "paid")

    def test_what_the_settlement_booked_was_not_matched_by_hand(self):
        account = self._outstanding("In transit")
        payout = self.mollie_line(-50, "stl_1", kind="payout", counterpart_account_id=account.id)
        by_hand = self.mollie_line(50, "r9", counterpart_account_id=account.id)
        self.assertTrue(payout.is_reconciled and by_hand.is_reconciled)
        self.assertEqual(payout.o2c_match_state, "matched")
        self.assertEqual(payout.o2c_explanation, "Booked when the settlement was read.")
        self.assertEqual(by_hand.o2c_match_state, "manual")
        self.assertFalse(by_hand.o2c_explanation)

    def test_what_was_booked_before_the_installation_was_not_matched_by_hand(self):
        account = self._outstanding("In transit")
        payout = self.mollie_line(-50, "stl_1", kind="payout", counterpart_account_id=account.id)
        by_hand = self.mollie_line(50, "r9", counterpart_account_id=account.id)
        payout.write({"o2c_booked_when_read": False, "o2c_match_state": "manual"})
        post_init_hook(self.env)
        self.assertEqual([payout.o2c_match_state, by_hand.o2c_match_state], ["matched", "manual"])
        self.assertEqual(payout.o2c_explanation, "Booked when the settlement was read.")

    def test_a_run_is_undone_as_a_whole(self):
        invoices = self.invoices([10, 20, 30])
        for number, invoice in enumerate(invoices):
            self.pay(invoice, f"r{number}")
        lines = self.bank_lines(
            [
                {
                    "amount": invoice.amount_total,
                    "payment_ref": "payment",
                    "mollie_id": f"tr_{number}",
                    "mollie_kind": "payment",
                    "mollie_payment_id": f"tr_{number}",
                    "mollie_description": f"r{number}",
                }
                for number, invoice in enumerate(invoices)
            ],
            self.mollie,
        )
        before = self.books(lines)
        run = self.run_matching()
        self.assertEqual(run.applied_count, 3)
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        run.action_undo()
        self.assertEqual(before, self.books(lines))
        self.assertEqual(set(invoices.mapped("payment_state")), {"in_payment"})
        self.assertEqual(run.applied_count, 0)

    def test_another_amount_is_proposed_with_the_difference(self):
        self.pay(self.invoice(100), "r1")
        line = self.mollie_line(99, "r1")
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")
        self.assertEqual(line.o2c_best_match_id.residual, -1)

    def test_refund_with_the_registered_refund(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        credit = self.invoice(30, move_type="out_refund")
        refund = self.pay(credit, o2c_parent_reference="r1")
        line = self.mollie_line(-30, "r1", "refund")
        self.run_matching()
        self.assertTrue(refund.is_matched)
        self.assertEqual(credit.payment_state, "paid")
        self.assertEqual(self.applied(line).model_id.name, "Mollie refund")

    def test_refund_with_the_credit_note_itself(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        credit = self.invoice(30, move_type="out_refund", reversed_entry_id=invoice.id)
        self.mollie_line(-30, "r1", "refund")
        self.run_matching()
        self.assertEqual(credit.payment_state, "paid")

    def test_chargeback_opens_the_invoice_and_undo_closes_it(self):
        invoice = self.invoice(100)
        payment = self.pay(invoice, "r1")
        self.mollie_line(100, "r1")
        self.run_matching()
        self.assertEqual(invoice.payment_state, "paid")
        line = self.mollie_line(-100, "r1", "chargeback")
        before = self.books(line)
        residual = invoice.line_ids.mapped("amount_residual")
        self.run_matching()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.amount_residual, 100)
        self.assertTrue(payment.is_matched)
        self.applied(line).action_undo()
        self.assertEqual(before, self.books(line))
        self.assertEqual(residual, invoice.line_ids.mapped("amount_residual"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_chargeback_that_is_undone_elsewhere_closes_the_invoice(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        self.mollie_line(100, "r1")
        self.run_matching()
        for undo in ("action_undo_reconciliation", "unlink"):
            line = self.mollie_line(-100, "r1", "chargeback", payment=f"tr_{undo}")
            self.run_matching()
            self.assertEqual(invoice.payment_state, "not_paid", undo)
            getattr(line, undo)()
            self.assertEqual(invoice.payment_state, "paid", undo)
            if line.exists():
                line.unlink()

    def test_a_chargeback_is_taken_back_though_the_invoice_was_cancelled(self):
        for number, undo in enumerate(("undo", "unlink")):
            invoice = self.invoice(100)
            self.pay(invoice, f"r{number}")
            self.mollie_line(100, f"r{number}")
            self.run_matching()
            line = self.mollie_line(-100, f"r{number}", "chargeback", payment=f"tr_{undo}")
            self.run_matching()
            invoice.button_draft()
            invoice.button_cancel()
            if undo == "undo":
                self.applied(line).action_undo()
                self.assertFalse(line.is_reconciled)
            else:
                line.unlink()
                self.assertFalse(line.exists())
            self.assertEqual(invoice.state, "cancel")

    def test_the_reversal_of_a_chargeback_pays_the_invoice_again(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        self.mollie_line(100, "r1")
        self.run_matching()
        self.mollie_line(-100, "r1", "chargeback")
        self.run_matching()
        self.assertEqual(invoice.payment_state, "not_paid")
        line = self.mollie_line(100, "r1", "chargeback_reversal")
        self.run_matching()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn("chargeback reversal", self.applied(line).explanation)
        self.applied(line).action_undo()
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_a_returned_refund_opens_the_credit_note_again(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        credit = self.invoice(30, move_type="out_refund")
        refund = self.pay(credit, o2c_parent_reference="r1")
        out = self.mollie_line(-30, "r1", "refund")
        # The platform's ledger names the payment alone.
        line = self.mollie_line(30, False, "returned_refund")
        self.run_matching()
        self.assertEqual(self.applied(out).model_id.name, "Mollie refund")
        self.run_matching()
        self.assertEqual(self.applied(line).model_id.name, "Mollie refund")
        self.assertIn(credit.name, self.applied(line).explanation)
        self.assertEqual((credit.payment_state, credit.amount_residual), ("not_paid", 30))
        self.assertTrue(refund.is_matched)
        second = self.mollie_line(30, False, "returned_refund", mollie_id="back_again")
        self.run_matching()
        self.assertFalse(second.is_reconciled, "the refund came back once")
        self.applied(line).action_undo()
        self.assertEqual(credit.payment_state, "paid")
        self.assertFalse(line.is_reconciled)

    def test_a_refund_that_comes_back_in_two_parts(self):
        self.pay(self.invoice(100), "r1")
        credit = self.invoice(30, move_type="out_refund")
        refund = self.pay(credit, o2c_parent_reference="r1")
        self.mollie_line(-30, "r1", "refund")
        self.run_matching()
        before = [row[:-1] for record in (credit, refund) for row in self.books(record)]
        first = self.mollie_line(10, "r1", "returned_refund", mollie_id="back_1")
        self.run_matching()
        self.assertEqual(
            first.o2c_match_state, "proposed", "Which part of the refund is back, a person says."
        )
        first.action_o2c_accept()
        self.assertEqual(credit.amount_residual, 10)
        rest = self.mollie_line(20, "r1", "returned_refund", mollie_id="back_2")
        more = self.mollie_line(10, "r1", "returned_refund", mollie_id="back_3")
        self.run_matching()
        self.assertEqual((rest.o2c_match_state, credit.amount_residual), ("matched", 30))
        self.assertFalse(more.is_reconciled)
        self.applied(first | rest).action_undo()
        self.assertEqual(credit.payment_state, "paid")
        self.assertEqual(before, [row[:-1] for record in (credit, refund) for row in self.books(record)])

    def test_chargeback_of_a_part(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        self.mollie_line(100, "r1")
        self.run_matching()
        self.mollie_line(-40, "r1", "chargeback")
        self.run_matching()
        self.assertEqual(invoice.amount_residual, 40)
        self.assertEqual(invoice.payment_state, "partial")
        second = self.mollie_line(-70, "r1", "chargeback", mollie_id="chb_2")
        self.run_matching()
        self.assertFalse(second.is_reconciled, "more than is left of the payment")

    def test_fee_goes_to_the_accounts_of_the_model(self):
        line = self.mollie_line(-1.21, "fees", "fee", payment=False)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "open")
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        model = self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", "platform_fee")]
        )
        model.line_ids = [(0, 0, {"account_id": expense.id, "label": "Mollie fees"})]
        before = self.books(line)
        self.run_matching()
        self.assertTrue(line.is_reconciled)
        self.assertIn(expense, line.move_id.line_ids.account_id)
        self.applied(line).action_undo()
        self.assertEqual(before, self.books(line))
        self.run_matching()
        self.assertFalse(line.is_reconciled)

    def test_payout_and_deposit(self):
        payout = self.mollie_line(-97, "payout", "payout", payment=False)
        deposit = self.bank_line(97, "STICHTING MOLLIE PAYMENTS uitbetaling")
        self.run_matching()
        transfer = self.company.transfer_account_id
        self.assertTrue(payout.is_reconciled)
        self.assertTrue(deposit.is_reconciled)
        amls = (payout | deposit).move_id.line_ids.filtered(lambda a: a.account_id == transfer)
        self.assertEqual(len(amls), 2)
        self.assertTrue(all(amls.mapped("reconciled")))
        self.assertEqual(self.applied(deposit).model_id.o2c_matching, "payout_deposit")

    def _settlement(self, **values):
        """The settlement of a Mollie account that books its payouts in its own way."""
        account = self.env["o2c.mollie.account"].create(
            {"name": "Mollie", "company_id": self.company.id, **values}
        )
        return self.env["o2c.mollie.settlement"].create({"account_id": account.id, "mollie_id": "stl_own"})

    def test_payouts_of_an_account_with_a_transfer_account_of_its_own(self):
        own = self._outstanding("Mollie in transit")
        settlement = self._settlement(transfer_account_id=own.id)
        payout = self.mollie_line(-97, "payout", "payout", payment=False, mollie_settlement_id=settlement.id)
        deposit = self.bank_line(97, "STICHTING MOLLIE PAYMENTS uitbetaling")
        self.run_matching()
        self.assertTrue(payout.is_reconciled and deposit.is_reconciled)
        amls = (payout | deposit).move_id.line_ids.filtered(lambda line: line.account_id == own)
        self.assertEqual(amls.mapped("reconciled"), [True, True])

    def test_payouts_that_shall_stay_unassigned(self):
        settlement = self._settlement(book_payouts=False)
        payout = self.mollie_line(-97, "payout", "payout", payment=False, mollie_settlement_id=settlement.id)
        self.run_matching()
        self.assertFalse(payout.is_reconciled)
        self.assertFalse(payout.o2c_match_ids)

    def test_payouts_that_shall_stay_unassigned_from_now_on(self):
        settlement = self._settlement()
        payout = self.mollie_line(-97, "payout", "payout", payment=False, mollie_settlement_id=settlement.id)
        model = self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", "payout_deposit")]
        )
        model.trigger = "manual"
        self.run_matching()
        self.assertEqual(payout.o2c_best_match_id.model_id, model)
        settlement.account_id.book_payouts = False
        self.run_matching()
        self.assertFalse(payout.o2c_match_ids, "the proposal to book it is gone")
        self.invoice(97, move_type="out_refund")
        self.run_matching()
        self.assertFalse(payout.o2c_match_ids, "a credit note that happens to have the amount is no payout")

    def test_a_manual_model_proposes(self):
        self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", "platform_payment")]
        ).trigger = "manual"
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")
        self.assertEqual(invoice.payment_state, "in_payment")
        line.action_o2c_accept()
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertEqual(invoice.payment_state, "paid")

    def test_an_import_asks_for_one_job(self):
        jobs = self.env["queue.job"].sudo()
        domain = [("model_name", "=", "o2c.match"), ("state", "=", "pending")]
        jobs.search(domain).unlink()
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        self.mollie_line(50, "other")
        job = jobs.search(domain)
        self.assertEqual(len(job), 1)
        self.assertEqual(job.channel, "root.o2c.reconciliation")
        self.match._run_job(*job.args)
        self.assertEqual(line.o2c_match_state, "matched")
