from odoo import Command
from odoo.tests import TransactionCase


class ReconciliationCase(TransactionCase):
    """A Mollie journal, a bank journal, and short ways to make what happens in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.mollie = cls._journal("Mollie", "TMOL")
        cls.bank = cls._journal("Bank", "TBNK")
        cls.partner = cls.env["res.partner"].create({"name": "Tuin & Zo B.V."})
        cls.match = cls.env["o2c.match"]

    @classmethod
    def _journal(cls, name, code, **values):
        journal = cls.env["account.journal"].create({"name": name, "code": code, "type": "bank", **values})
        for direction in ("inbound", "outbound"):
            methods = journal[f"{direction}_payment_method_line_ids"]
            methods.payment_account_id = cls._outstanding(f"{code} {direction}")
        return journal

    @classmethod
    def _outstanding(cls, name):
        accounts = cls.env["account.account"]
        return accounts.create(
            {
                "name": name,
                "code": accounts._search_new_account_code("109500"),
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    @classmethod
    def invoices(cls, amounts, partner=None, move_type="out_invoice", date="2026-11-02", **values):
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": move_type,
                    "partner_id": (partner or cls.partner).id,
                    "invoice_date": date,
                    "invoice_line_ids": [
                        Command.create({"name": "Spade", "price_unit": amount, "tax_ids": []})
                    ],
                    **values,
                }
                for amount in amounts
            ]
        )
        moves.action_post()
        return moves

    @classmethod
    def invoice(cls, amount, **values):
        return cls.invoices([amount], **values)

    @classmethod
    def pay(cls, invoice, reference=False, journal=None, date="2026-11-03", **values):
        """Register the payment of an invoice (or credit note) as the shop's connector does."""
        journal = journal or cls.mollie
        inbound = invoice.move_type == "out_invoice"
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound" if inbound else "outbound",
                "partner_type": "customer",
                "partner_id": invoice.commercial_partner_id.id,
                "amount": invoice.amount_residual,
                "currency_id": invoice.currency_id.id,
                "date": date,
                "journal_id": journal.id,
                "o2c_reference": reference,
                **values,
            }
        )
        payment.action_post()
        lines = (payment.move_id | invoice).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        return payment

    @classmethod
    def bank_lines(cls, rows, journal=None):
        return cls.env["account.bank.statement.line"].create(
            [{"journal_id": (journal or cls.bank).id, "date": "2026-11-10", **row} for row in rows]
        )

    @classmethod
    def bank_line(cls, amount, text="", journal=None, **values):
        return cls.bank_lines([{"amount": amount, "payment_ref": text or "/", **values}], journal)

    @classmethod
    def mollie_line(cls, amount, reference, kind="payment", payment="tr_test", **values):
        number = cls.env["account.bank.statement.line"].search_count([])
        return cls.bank_line(
            amount,
            f"{kind} {reference}",
            cls.mollie,
            mollie_id=values.pop("mollie_id", f"{payment}_{number}"),
            mollie_kind=kind,
            mollie_payment_id=payment,
            mollie_description=reference,
            **values,
        )

    def run_matching(self, lines=None):
        if lines is not None:
            return self.match.run(lines=lines)
        return self.match.run(journals=self.mollie | self.bank)

    def applied(self, lines):
        return lines.o2c_match_ids.filtered(lambda match: match.state == "applied")

    def books(self, records):
        """Everything that undoing must restore in the entries of statement lines, payments or invoices."""
        moves = records if records._name == "account.move" else records.move_id
        lines = moves.statement_line_id
        return [
            (
                aml.id,
                aml.account_id.id,
                aml.partner_id.id,
                aml.balance,
                aml.amount_currency,
                aml.amount_residual,
                aml.reconciled,
                aml.name,
                aml.matching_number,
            )
            for aml in moves.line_ids.sorted("id")
        ] + [(line.id, line.is_reconciled, line.amount_residual, line.amount) for line in lines]

    def issues(self, records):
        """Messages of the open issues on these records."""
        return (
            self.env["o2c.issue"]
            .search(
                [("res_model", "=", records._name), ("res_id", "in", records.ids), ("state", "=", "open")]
            )
            .mapped("message")
        )
