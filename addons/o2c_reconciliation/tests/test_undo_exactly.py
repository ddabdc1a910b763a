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
