from datetime import timedelta

from odoo import Command, api, fields, models

# Of the wholesale's invoices, one in so many is paid without a word that names it.
NAMELESS_ONE_IN = 6
# Days from an invoice to its payment.
SLOWEST, FASTEST = 33, 9


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"

    @api.model
    def _load_bank(self):
        """A year of the bank account, matched by the engine; what it is not sure of waits for review."""
        with self._building("a year of the bank account") as demo:
            if demo is not None:
                # Modules are finished after their demonstration data.
                self.env.company._o2c_create_reconcile_models()
                demo._make_booking_models()
                lines = [*demo._deposits(), *demo._transfers(), *demo._strange_lines()]
                lines.sort(key=lambda vals: vals["date"])
                demo.env["account.bank.statement.line"].create(lines)
                demo.env["o2c.match"]._run_job(demo.env.company.id)

    @api.model
    def _make_booking_models(self):
        """What a difference is booked on, and a bill that comes each month."""
        company = self.env.company
        expenses = self.env["account.account"].search(
            [("company_ids", "in", company.ids), ("account_type", "=", "expense")]
        )
        phone = expenses.filtered(lambda account: "phone" in account.name.lower())[:1] or expenses[:1]
        discount = company.account_journal_early_pay_discount_loss_account_id or expenses[:1]
        self.env["account.reconcile.model"].create(
            [
                {"name": "Cash Discount", "line_ids": [Command.create({"account_id": discount.id})]},
                {
                    "name": "Telephone",
                    "o2c_matching": "counterpart",
                    "match_label": "contains",
                    "match_label_param": "Telecom",
                    "line_ids": [Command.create({"account_id": phone.id})],
                },
            ]
        )

    @api.model
    def _bank_journal(self):
        mollie = self.env["o2c.mollie.balance"].search([("company_id", "=", self.env.company.id)]).journal_id
        return self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id), ("id", "not in", mollie.ids)],
            limit=1,
        )

    @api.model
    def _line(self, day, amount, text, partner_name=False):
        """A line as a bank's file has it: it knows names, not partners."""
        return {
            "journal_id": self._bank_journal().id,
            "date": min(day, fields.Date.today()),
            "amount": amount,
            "payment_ref": text,
            "partner_name": partner_name,
        }

    @api.model
    def _deposits(self):
        """What Mollie paid out; that of the last few days has not arrived."""
        paid = self.env["o2c.mollie.settlement"].search(
            [("account_id.state", "=", "demo"), ("settled_at", "!=", False), ("state", "=", "booked")]
        )
        return [
            self._line(
                settlement.settled_at.date() + timedelta(days=1),
                settlement.amount,
                f"MOLLIE PAYMENTS {settlement.reference}",
                "Stichting Mollie Payments",
            )
            for settlement in paid
        ]

    @api.model
    def _wholesale_invoices(self):
        return self._orders("wholesale").invoice_ids.filtered(lambda move: move.state == "posted")

    @api.model
    def _twins(self):
        """Invoices of the same amount to the same customer: a payment may be for each of them."""
        groups = self._wholesale_invoices().grouped(lambda move: (move.partner_id, move.amount_total))
        return self.env["account.move"].union(*[group for group in groups.values() if len(group) > 1])

    @api.model
    def _payment_days(self):
        """``{invoice: day}`` on which the traders pay, some of them late, and some days are to come."""
        random = self._random("bank")
        return {
            invoice: invoice.invoice_date + timedelta(days=random.randint(FASTEST, SLOWEST))
            for invoice in (self._wholesale_invoices() - self._twins()).sorted("invoice_date")
        }

    @api.model
    def _transfers(self):
        """Traders pay by bank, and not all of them say what for."""
        random = self._random("texts")
        lines = []
        for invoice, day in self._payment_days().items():
            nameless = not random.randrange(NAMELESS_ONE_IN)
            if day > fields.Date.today():
                continue
            text = "Thank you for the delivery" if nameless else f"Invoice {invoice.name}"
            lines.append(self._line(day, invoice.amount_total, text, invoice.partner_id.name))
        return lines

    @api.model
    def _strange_lines(self):
        """Lines of the last days that need a person: too little, for one of two, and nobody's."""
        today = fields.Date.today()
        twins = self._twins()
        unpaid = [invoice for invoice, day in self._payment_days().items() if day > today]
        lines = [
            self._line(today - timedelta(days=2), -64.13, "Telecom contract 88120", "Telecom Demonstration"),
            self._line(today - timedelta(days=4), 48.00, "Deposit pallets", "Pallet Pool Demonstration"),
        ]
        for twin in twins[:1]:
            lines.append(
                self._line(today, twin.amount_total, "Thank you for the delivery", twin.partner_id.name)
            )
        for invoice, share, text in zip(
            unpaid, (0.98, 1.0), ("%s less 2 %% discount", "%s and thanks"), strict=False
        ):
            # A letter got lost on the way.
            damaged = invoice.name.replace("0", "O", 1)
            amount = round(invoice.amount_total * share, 2)
            lines.append(
                self._line(today - timedelta(days=1), amount, text % damaged, invoice.partner_id.name)
            )
        return lines
