from odoo import models

from ..lib.ledger import feedable, listed_id
from ..lib.statement import Line

# Mollie settles these when they are captured, under an id of their own; the ledger may name the
# payment. Only the settlement says which it is.
CAPTURED = ("klarna", "billie", "riverty", "in3")
# So many payments are looked up in one job; the next one goes on.
AT_ONCE = 200


class O2cMollieBalance(models.Model):
    """Movements that come into the journal before their settlement is closed, if the user wants that."""

    # A file for each of the things that it does.
    _inherit = "o2c.mollie.balance"  # pylint: disable=consider-merging-classes-inherited

    def _enqueue_feed(self):
        for balance in self.filtered("journal_id"):
            balance.with_delay(
                channel="root.o2c.mollie",
                identity_key=f"o2c_mollie_feed:{balance.id}",
                description=self.env._("Read the movements of %s", balance.journal_id.display_name),
            )._feed()

    def action_feed(self):
        """Book now what happened since the last settlement."""
        self.check_access("read")
        self.sudo()._feed()  # see O2cMollieAccount.sync_settlements

    def _feed(self):
        """Job: book payments, captures, refunds and chargebacks that no posted settlement has yet.

        Each is booked gross under the id and kind under which its settlement will list it, so that the
        settlement takes the line over instead of booking it again. Fees and everything without such an
        id wait for the settlement; so does what was paid in another currency.
        """
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "connection", key="feed", retry="action_feed"):
            # No settlement of this journal may be posted meanwhile.
            self.lock_for_update()
            client = self.account_id._client()
            zone = self._open_zone(client, self._booked_settlements()[2])
            entries = feedable(zone, set(self._booked_of(zone).mapped("mollie_id")))
            lines = self._fed_lines(client, entries[:AT_ONCE])
            if lines:
                self._book_ahead(lines)
                self._enqueue_check()
            if len(entries) > AT_ONCE:
                self._enqueue_feed()

    def _fed_lines(self, client, entries):
        """:return: list of lib Line; what only the settlement can tell is left out."""
        payments = {}
        for identifier in dict.fromkeys(entry.context["paymentId"] for entry in entries):
            payments[identifier] = client.payment(identifier)
        lines = []
        for entry in entries:
            payment = payments[entry.context["paymentId"]]
            captured = entry.type == "payment" and payment.method in CAPTURED
            if captured or payment.amount.currency != self.currency_id.name:
                continue
            lines.append(
                Line(
                    kind=entry.type,
                    id=listed_id(entry),
                    amount=entry.initial.value,
                    payment_id=payment.id,
                    description=payment.description,
                    method=payment.method,
                    consumer=payment.consumer,
                    moment=entry.created_at,
                )
            )
        return lines

    def _book_ahead(self, lines):
        # The same line as the settlement will make: one that is not known yet makes it.
        coming = self.env["o2c.mollie.settlement"].new(
            {"account_id": self.account_id.id, "balance_id": self.id}
        )
        values = coming._line_values(lines)
        for line, vals in zip(lines, values, strict=True):
            vals["date"] = coming._booking_date(line.moment)
            vals["mollie_settlement_id"] = False
        quiet = self.env["account.bank.statement.line"].with_context(tracking_disable=True)
        booked = quiet.create(values).with_env(self.env)
        coming._report_chargebacks(booked)
        return booked
