from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

WAITING = ("open", "proposed")


class O2cBankLineReview(models.AbstractModel):
    """What the review screen reads and does. Amounts have the sign of the bank line: money in is positive."""

    _name = "o2c.bank.line.review"
    _description = "Review of Bank Lines"

    # === How far are we === #

    @api.model
    def o2c_review_progress(self, domain):
        """Count and sum the bank lines of a domain by their state.

        :return: ``states`` {state: count}; ``open`` [{currency_id, amount}], what waits for a person, money
            in and money out added up; ``journals`` [{id, name, waiting}] of the companies of the environment
        """
        counts = defaultdict(int)
        amounts = defaultdict(float)
        # Two groupings, for otherwise money in and money out would cancel each other out.
        for side in (Domain("amount", ">=", 0), Domain("amount", "<", 0)):
            groups = self._read_group(
                Domain(domain) & side,
                ["o2c_match_state", "currency_id", "foreign_currency_id"],
                ["__count", "amount_residual:sum"],
            )
            for state, currency, foreign, count, residual in groups:
                counts[state] += count
                if state in WAITING:
                    amounts[(foreign or currency).id] += abs(residual)
        journals = self._read_group(
            [("o2c_match_state", "in", WAITING), ("company_id", "in", self.env.companies.ids)],
            ["journal_id"],
            ["__count"],
        )
        waiting = {journal.id: count for journal, count in journals}
        banks = self.env["account.journal"].search(
            [("type", "in", ("bank", "cash", "credit")), ("company_id", "in", self.env.companies.ids)]
        )
        return {
            "states": dict(counts),
            "open": [{"currency_id": key, "amount": amount} for key, amount in amounts.items() if amount],
            "journals": [
                {"id": bank.id, "name": bank.name, "waiting": waiting.get(bank.id, 0)} for bank in banks
            ],
        }

    # === One line === #

    def o2c_review(self, domain=None):
        """Everything the screen shows beside the list about this one line.

        :param domain: the lines of the list, among which others of the same kind are counted
        """
        self.ensure_one()
        self.check_access("read")
        matches = self.o2c_match_ids.sorted(lambda match: (-match.confidence, match.id))
        applied = matches.filtered(lambda match: match.state == "applied")
        # The items and documents are shown by name and amount to everybody who may see the line.
        line = self.sudo()
        currency, open_amount = line._o2c_open_amount()
        may_match = self.env.user.has_group("o2c_base.group_accountant")
        alike, more = self._o2c_alike(domain or []) if may_match else (self.browse(), False)
        settlement = line.mollie_settlement_id
        return {
            "id": self.id,
            "date": fields.Date.to_string(line.date),
            "label": line.payment_ref or "",
            "amount": line.amount,
            "currency_id": line.currency_id.id,
            "open_amount": open_amount,
            "open_currency_id": currency.id,
            "total": self.amount_currency if self.foreign_currency_id else self.amount,
            "journal": line.journal_id.display_name,
            "partner": self._o2c_link(line.partner_id),
            "partner_name": line.partner_name or "",
            "account_number": line.account_number or "",
            "settlement": self._o2c_link(settlement, settlement.reference),
            "platform_id": line.mollie_payment_id or "",
            "state": line.o2c_match_state,
            "booked": line.o2c_explanation if line.o2c_booked_when_read else "",
            "may_match": may_match,
            "proposals": self._o2c_matches(matches.filtered(lambda match: match.state == "proposed")),
            # As they were applied: undoing one undoes those after it, too.
            "applied": self._o2c_matches(applied.sorted(lambda match: (match.applied_at, match.id))),
            "undone": self._o2c_matches(matches.filtered(lambda match: match.state == "undone")),
            "models": line._o2c_write_off_models() if may_match and not line.is_reconciled else [],
            "alike": {"count": len(alike), "rule": line.o2c_model_id.name} if len(alike) > 1 else False,
            "alike_ids": alike.ids,
            "alike_more": more,
        }

    def _o2c_open_amount(self):
        """(currency, what the line has left to explain)"""
        _liquidity, suspense, _other = self._seek_for_lines()
        currency = suspense.currency_id or self.foreign_currency_id or self.currency_id
        return currency[:1], -sum(suspense.mapped("amount_currency"))

    def _o2c_link(self, record, name=None):
        """A record as the screen shows it; a link only for those who may open it."""
        if not record:
            return False
        record = record[:1]
        may_open = record.with_user(self.env.user).has_access("read")
        return {
            "id": record.id,
            "name": name or record.display_name,
            "model": record._name if may_open else False,
        }

    def _o2c_matches(self, matches):
        # Names and amounts only, of what the match's own reader may see; see `o2c_review`.
        matches = matches.sudo()
        invoices = matches._invoices_of(matches.item_ids)
        return [self._o2c_match(match, invoices) for match in matches]

    def _o2c_match(self, match, invoices):
        documents = match.move_ids.filtered(lambda move: move.is_invoice(True)) or match.move_ids
        orders = documents.line_ids.sale_line_ids.order_id
        proposed = match.state == "proposed"
        items = [self._o2c_item(item, invoices) for item in match.item_ids]
        if proposed:
            for row, item in zip(items, match.item_ids, strict=True):
                row["residual"] = match._takes(item)
        return {
            "id": match.id,
            "why": match.explanation or "",
            "state": match.state,
            "rule": self._o2c_link(match.model_id),
            "explained": match.explained,
            "residual": match.residual,
            "currency_id": match.currency_id.id,
            "automatic": match.automatic,
            "by": (match.undone_by or match.applied_by).name or "",
            "at": fields.Datetime.to_string(match.undone_at or match.applied_at) or False,
            "takes_back": proposed and match._takes_back(),
            "items": items,
            "documents": [self._o2c_link(document) for document in documents],
            "orders": [self._o2c_link(order, order.name) for order in orders],
            "lines": [other._o2c_beside(is_open=proposed) for other in match.line_ids - self.sudo()],
        }

    def _o2c_beside(self, *, is_open):
        """This line as another one that a match takes together: with what is open, or what it says."""
        currency = self.foreign_currency_id or self.currency_id
        amount = self.amount_currency if self.foreign_currency_id else self.amount
        if is_open:
            currency, amount = self._o2c_open_amount()
        return {"id": self.id, "label": self.payment_ref, "amount": amount, "currency_id": currency.id}

    def _o2c_item(self, item, invoices):
        """An open item by the name of its document: of the invoice, where it is the payment of one."""
        paid = item.move_id.browse(invoices.get(item.move_id.id, ()))
        return {
            "id": item.id,
            "name": ", ".join(paid.mapped("name")) or item.move_id.name,
            "payment": bool(item.payment_id),
            "origin": ", ".join(
                dict.fromkeys(move.invoice_origin for move in paid or item.move_id if move.invoice_origin)
            ),
            "partner": item.partner_id.display_name or "",
            "date": fields.Date.to_string(item.date),
            "residual": item.amount_residual_currency,
            "currency_id": item.currency_id.id,
        }

    def _o2c_write_off_models(self):
        """Reconciliation models with accounts on which (a rest of) this line can be booked."""
        models_ = self.env["account.reconcile.model"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("line_ids.account_id", "!=", False),
                ("match_journal_ids", "in", [False, self.journal_id.id]),
            ]
        )
        return [{"id": model.id, "name": model.name} for model in models_]
