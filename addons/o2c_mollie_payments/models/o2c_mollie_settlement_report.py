from odoo import models

UNASSIGNED_KINDS = ("other", "correction", "custom_payout", "failed_payment", "split")


class O2cMollieSettlement(models.Model):
    """What people are told about a settlement."""

    # A file for each of the things that it does.
    _inherit = "o2c.mollie.settlement"  # pylint: disable=consider-merging-classes-inherited

    def _report_sum(self):
        """Say that the sum is wrong, or that it is right by now. Outside of the guarded block, so
        that success there does not resolve it."""
        issues = self.env["o2c.issue"]
        if self.currency_id.is_zero(self.proof_difference):
            issues._clear(self, kind="settlement", key="sum")
            return
        issues._report(
            self,
            "settlement",
            self.env._(
                "Settlement %(reference)s does not add up, so nothing was posted: Mollie pays "
                "%(amount)s, its lines come to %(lines)s, %(difference)s are missing.\n%(missing)s"
                "\nRead it again later; if it stays like this, ask Mollie for the settlement's "
                "details.",
                reference=self.reference,
                amount=self._money(self.amount),
                lines=self._money(self.proof_total),
                difference=self._money(self.proof_difference),
                missing=self.note or self.env._("Every list agrees with its total."),
            ),
            key="sum",
            retry="action_import",
        )

    def _money(self, value):
        return f"{value:.{self.currency_id.decimal_places}f} {self.currency_id.name}"

    def _report_lines(self, lines, later):
        """Tell about lines that need a person."""
        issues = self.env["o2c.issue"]
        strange = lines.filtered(lambda line: line.mollie_kind in UNASSIGNED_KINDS and not line.is_reconciled)
        if strange:
            issues._report(
                self,
                "mollie_unknown",
                self.env._(
                    "Settlement %(reference)s has movements that no list of Mollie explains: "
                    "%(lines)s. They are in the journal, waiting to be assigned to an account.",
                    reference=self.reference,
                    lines="; ".join(f"{line.payment_ref} {self._money(line.amount)}" for line in strange),
                ),
            )
        self._report_chargebacks(lines)
        changed = lines.filtered(lambda line: line.mollie_kind != "payout" or "~" in line.mollie_id)
        if later and changed:
            issues._report(
                self,
                "mollie_changed",
                self.env._(
                    "Mollie changed settlement %(reference)s after it was posted. Nothing posted "
                    "was edited; these lines were added: %(lines)s. Please check them.",
                    reference=self.reference,
                    lines="; ".join(f"{line.payment_ref} {self._money(line.amount)}" for line in changed),
                ),
            )

    def _report_chargebacks(self, lines):
        """A chargeback is told on the invoice that it opens again; one that Mollie reverses is
        settled with that."""
        issues = self.env["o2c.issue"]
        taken = lines.filtered(lambda line: line.mollie_kind in ("chargeback", "chargeback_reversal"))
        payments = taken._o2c_payments()
        for line in taken:
            payment = payments.get(line.id, self.env["account.payment"])
            record = payment.reconciled_invoice_ids[:1] or payment[:1] or self._origin or self.account_id
            if line.mollie_kind == "chargeback_reversal":
                issues._clear(record, "chargeback", line.mollie_payment_id)
                continue
            issues._report(
                record,
                "chargeback",
                self.env._(
                    "%(customer)s had the bank take back %(amount)s of payment %(payment)s. "
                    "Mollie took it from settlement %(settlement)s (%(label)s). The invoice is to "
                    "be paid again: ask the customer, object in Mollie's dashboard, or credit it.",
                    customer=line.partner_id.display_name or line.partner_name or self.env._("A customer"),
                    amount=self._money(-line.amount),
                    payment=line.mollie_description or line.mollie_payment_id,
                    # Booked ahead, the settlement has no number yet.
                    settlement=self.reference or self.env._("to come"),
                    label=line.payment_ref,
                ),
                key=line.mollie_payment_id,
            )
