from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestUndoExactly(ReconciliationCase):
    """What undoing must take back besides the bank line's own entry, and what has changed meanwhile."""

    def test_an_invoice_and_its_credit_note_are_both_open_again(self):
        for kinds in (("out_invoice", "out_refund"), ("in_invoice", "in_refund")):
            for undo in ("action_o2c_undo", "action_undo_reconciliation", "unlink"):
                with self.subTest(kinds=kinds, undo=undo):
                    documents = self.invoice(50, move_type=kinds[0]) | self.invoice(20, move_type=kinds[1])
                    amount = 30 if kinds[0] == "out_invoice" else -30
                    line = self.bank_line(amount, " ".join(documents.mapped("name")))
                    before = self.books(documents)
                    self.run_matching()
                    self.assertEqual(documents.mapped("payment_state"), ["paid", "paid"])
                    match = self.applied(line)
                    getattr(line, undo)()
                    self.assertEqual(match.state, "undone")
                    self.assertEqual(before, self.books(documents))

    def test_the_invoice_of_a_credit_note_was_taken_out_before(self):
        documents = self.invoice(50) | self.invoice(20, move_type="out_refund") | self.invoice(40)
        line = self.bank_line(70, " ".join(documents.mapped("name")))
        before = self.books(line), self.books(documents)
        self.run_matching()
        partials = documents[0].line_ids.matched_credit_ids
        partials.filtered(lambda partial: partial.credit_move_id.statement_line_id).unlink()
        self.assertEqual(line.o2c_match_ids.mapped("state"), ["applied", "undone"])
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), self.books(documents)))

    def test_what_somebody_netted_is_left_alone(self):
        documents = self.invoice(50) | self.invoice(20, move_type="out_refund")
        line = self.bank_line(30, " ".join(documents.mapped("name")))
        self.run_matching()
        items = documents.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")
        (items.matched_debit_ids & items.matched_credit_ids).unlink()
        items.reconcile()
        self.applied(line).action_undo()
        self.assertEqual(documents.mapped("amount_residual"), [30, 0])

    def undone(self, change):
        """A bank line matched as a whole, and one matched in two pieces; both undone after a change."""
        payer = self.env["res.partner"].create({"name": "Tuin en Zo"})
        first, second = self.invoices([100, 60])
        lines = self.bank_line(100, first.name, partner_id=payer.id)
        lines |= self.bank_line(90, second.name, partner_id=payer.id)
        before = [self.books(line) for line in lines]
        self.run_matching()
        lines[1].action_o2c_accept()
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        change(payer)
        self.applied(lines).action_undo()
        self.env.flush_all()
        self.assertEqual(lines.mapped("is_reconciled"), [False, False])
        self.assertEqual(lines.mapped("amount_residual"), [-100, -90])
        return lines, before

    def test_the_payer_was_merged_into_another_contact(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        lines, _before = self.undone(lambda payer: wizard._merge([payer.id, self.partner.id], self.partner))
        for line in lines:
            _liquidity, suspense, other = line._seek_for_lines()
            self.assertEqual((suspense.partner_id, len(other)), (self.partner, 0))

    def test_the_journal_has_another_suspense_account(self):
        other = self.bank.suspense_account_id.copy({"code": "101499"})
        lines, before = self.undone(lambda _payer: self.bank.write({"suspense_account_id": other.id}))
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"open"})
        for line, rows in zip(lines, before, strict=True):
            (row,) = (row for row in rows if row[1] == self.bank.default_account_id.id)
            self.assertIn(row, self.books(line))
            self.assertEqual(line._seek_for_lines()[1].account_id, other)

    def test_a_chargeback_gives_each_invoice_back_what_it_had(self):
        for number, amounts in enumerate(((80, 100), (100, 80))):
            first, second = self.invoices(amounts)
            name, payment_id = f"r{number}", f"tr_{number}"
            payment = self.pay(first, name, amount=150)
            items = (payment.move_id | second).line_ids
            items.filtered(lambda aml: aml.account_id.account_type == "asset_receivable").reconcile()
            self.mollie_line(150, name, payment=payment_id)
            self.run_matching()
            back = self.mollie_line(-150, name, "chargeback", payment=payment_id)
            self.assertEqual((first | second).mapped("amount_residual"), [0, 30])
            self.run_matching()
            self.assertEqual((first | second).mapped("amount_residual"), list(amounts))
            self.applied(back).action_undo()
            self.assertEqual((first | second).mapped("amount_residual"), [0, 30])

    def test_a_chargeback_and_its_reversal_are_undone_in_any_order(self):
        for number in range(2):
            name, payment_id = f"r{number}", f"tr_{number}"
            invoice = self.invoice(100)
            payment = self.pay(invoice, name)
            self.mollie_line(100, name, payment=payment_id)
            self.run_matching()
            before = [row[:-1] for row in self.books(invoice)], [row[:-1] for row in self.books(payment)]
            lines = self.mollie_line(-100, name, "chargeback", payment=payment_id)
            self.run_matching()
            lines += self.mollie_line(100, name, "chargeback_reversal", payment=payment_id)
            self.run_matching()
            matches = [self.applied(line) for line in lines]
            for match in reversed(matches) if number else matches:
                match.action_undo()
            self.assertEqual(lines.mapped("is_reconciled"), [False, False])
            self.assertEqual(
                before, ([row[:-1] for row in self.books(invoice)], [row[:-1] for row in self.books(payment)])
            )
            self.assertEqual(invoice.payment_state, "paid")
