import re
from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_is_zero

FOUND = 30  # open items that a search shows
ALIKE = 1000  # lines of one kind accepted at once
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
        # The items and documents are shown by name and amount to everybody who may see the line.
        line = self.sudo()
        currency, open_amount = line._o2c_open_amount()
        may_match = self.env.user.has_group("o2c_base.group_accountant")
        alike = self.search_count(self._o2c_alike_domain(domain or []), limit=ALIKE) if may_match else 0
        settlement = line.mollie_settlement_id
        return {
            "id": self.id,
            "date": fields.Date.to_string(line.date),
            "label": line.payment_ref or "",
            "amount": line.amount,
            "currency_id": line.currency_id.id,
            "open_amount": open_amount,
            "open_currency_id": currency.id,
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
            "applied": self._o2c_matches(matches.filtered(lambda match: match.state == "applied")),
            "undone": self._o2c_matches(matches.filtered(lambda match: match.state == "undone")),
            "models": line._o2c_write_off_models() if may_match and not line.is_reconciled else [],
            "alike": {"count": alike, "rule": line.o2c_model_id.name} if alike > 1 else False,
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
        others = match.line_ids - self.sudo()
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
            "items": [self._o2c_item(item, invoices) for item in match.item_ids],
            "documents": [self._o2c_link(document) for document in documents],
            "orders": [self._o2c_link(order, order.name) for order in orders],
            "lines": [{"id": line.id, "label": line.payment_ref, "amount": line.amount} for line in others],
        }

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

    # === Choosing and dividing === #

    def o2c_review_search(self, text, chosen_ids=()):
        """Open items that this line might pay.

        :param text: words of the document, the partner or the order; or an amount; empty: the partner's items
        :param chosen_ids: items that are not wanted again
        :return: at most 30 items, those with the amount of the line first
        """
        self.ensure_one()
        self._o2c_check_accountant()
        currency, open_amount = self.sudo()._o2c_open_amount()
        domain = self._o2c_open_items(currency) & Domain("id", "not in", list(chosen_ids))
        domain &= self._o2c_search_domain(text.strip(), currency, open_amount)
        items = self.env["account.move.line"].search(domain, limit=FOUND, order="date_maturity, id")
        items = items.sorted(
            lambda item: (
                not float_is_zero(
                    item.amount_residual_currency - open_amount, precision_rounding=currency.rounding
                )
            )
        )
        # The invoices of found payments, for their names.
        invoices = self.env["o2c.match"].sudo()._invoices_of(items.sudo())
        return [self._o2c_item(item, invoices) for item in items.sudo()]

    def _o2c_open_items(self, currency):
        """What a line of this company can pay in this currency, as a domain of journal items."""
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_id.reconcile", "=", True),
                ("amount_residual_currency", "!=", 0),
                ("currency_id", "=", currency.id),
                ("statement_line_id", "!=", self.id),
            ]
        )

    def _o2c_search_domain(self, text, currency, open_amount):
        if not text:
            partner = self.partner_id.commercial_partner_id
            if partner:
                return Domain("partner_id", "child_of", partner.id)
            return Domain("amount_residual_currency", "=", open_amount)
        found = Domain.OR(
            Domain(path, "ilike", text)
            for path in (
                "move_id.name",
                "move_id.ref",
                "move_id.payment_reference",
                "move_id.invoice_origin",
                "partner_id.complete_name",
                "payment_id.o2c_reference",
                "payment_id.memo",
            )
        )
        amount = _number(text)
        if amount is not None:
            found |= Domain("amount_residual_currency", "in", (amount, -amount))
        return found

    def o2c_review_apply(self, items, bookings):
        """Match this line with what a person has chosen. What the parts leave of the line stays open.

        :param items: [{id, amount}]; without an amount the whole of the item, as far as the line reaches
        :param bookings: [{model_id, amount}]; without an amount what the other parts leave of the line
        """
        self.ensure_one()
        self._o2c_check_accountant()
        if not items and not bookings:
            raise UserError(
                self.env._("Choose at least one open item, or the model with which to book the line.")
            )
        # Matching itself needs more than a role has; what is chosen must be what the user may see.
        line = self.sudo()
        currency, open_amount = line._o2c_open_amount()
        chosen = self.env["account.move.line"].browse([row["id"] for row in items])
        seen = chosen.search(self._o2c_open_items(currency) & Domain("id", "in", chosen.ids))
        models_ = self.env["account.reconcile.model"].browse([row["model_id"] for row in bookings])
        usable = {model["id"] for model in line._o2c_write_off_models()}
        if set(seen.ids) != set(chosen.ids) or not usable.issuperset(models_.ids):
            raise UserError(
                self.env._("Something of what you chose is not open or not usable any more. Choose again.")
            )
        parts = {
            "items": {row["id"]: row.get("amount") for row in items},
            "bookings": [
                (model.sudo(), row.get("amount")) for model, row in zip(models_, bookings, strict=True)
            ],
        }
        left = line._o2c_rest(chosen.sudo(), parts, currency, open_amount)
        divided = bookings or any(amount is not None for amount in parts["items"].values())
        match = line.env["o2c.match"].create(
            {
                "company_id": line.company_id.id,
                "currency_id": currency.id,
                "journal_id": line.journal_id.id,
                "model_id": models_[:1].id if not chosen else False,
                "strategy": "proposal" if chosen else "counterpart",
                "line_ids": [Command.set(line.ids)],
                "item_ids": [Command.set(chosen.ids)],
                "explanation": self._o2c_words(chosen, parts, currency),
                "residual": left,
                "confidence": 100,
            }
        )
        match._accept(split=parts if divided else None)
        return True

    def _o2c_rest(self, items, parts, currency, open_amount):
        """What the parts leave of the line.

        :raises UserError: an amount that is no part of its item, or parts that exceed the line
        """
        left = open_amount
        given = False
        for item in items:
            amount = parts["items"][item.id]
            given = given or amount is not None
            residual = item.amount_residual_currency
            if amount is not None and not 0 < amount * residual <= residual * residual:
                raise UserError(
                    self.env._(
                        "%(document)s has %(residual)s open. Give an amount up to that.",
                        document=item.move_id.name,
                        residual=currency.format(residual),
                    )
                )
            left = currency.round(left - (residual if amount is None else amount))
        rests = [amount for _model, amount in parts["bookings"] if amount is None]
        if len(rests) > 1:
            raise UserError(
                self.env._("Only one of the models can take the rest. Give the others an amount.")
            )
        for _model, amount in parts["bookings"]:
            given = given or amount is not None
            left = currency.round(left - (amount or 0.0))
        if rests:
            return 0.0
        if (given or parts["bookings"]) and left * open_amount < 0:
            raise UserError(
                self.env._(
                    "The parts come to %(amount)s more than the bank line has. Make one of them smaller.",
                    amount=currency.format(abs(left)),
                )
            )
        return left

    def _o2c_words(self, items, parts, currency):
        """Who decided what, as the explanation of the match."""
        words = []
        for item in items:
            amount = parts["items"][item.id]
            name = item.move_id.name
            words.append(name if amount is None else f"{name} ({currency.format(amount)})")
        for model, amount in parts["bookings"]:
            if amount is None:
                words.append(self.env._("the rest with %s", model.name) if words else model.name)
            else:
                words.append(
                    self.env._("%(amount)s with %(model)s", amount=currency.format(amount), model=model.name)
                )
        return self.env._("%(user)s chose %(parts)s.", user=self.env.user.name, parts=", ".join(words))

    # === Many of one kind === #

    def _o2c_alike_domain(self, domain):
        """Lines of the domain with a proposal of this line's rule that leaves no difference."""
        self.ensure_one()
        if self.o2c_match_state != "proposed" or not self.o2c_model_id or self.o2c_best_match_id.residual:
            return Domain.FALSE
        of_this_kind = [("state", "=", "proposed"), ("residual", "=", 0)]
        return Domain(domain) & Domain(
            [
                ("o2c_match_state", "=", "proposed"),
                ("o2c_model_id", "=", self.o2c_model_id.id),
                ("o2c_match_ids", "any", [*of_this_kind, ("model_id", "=", self.o2c_model_id.id)]),
            ]
        )

    def action_o2c_accept_alike(self, domain):
        """Accept the proposals of the lines in the domain that are of the same kind as this line's.

        Of one kind are best proposals of one rule that leave no difference; at most 1,000 at once.
        """
        self._o2c_check_accountant()
        lines = self.search(self._o2c_alike_domain(domain), limit=ALIKE)
        return lines.filtered(lambda line: not line.o2c_best_match_id.residual).action_o2c_accept()


def _number(text):
    """An amount as a person types it, with a comma or a point before the cents; None for other text."""
    text = text.replace(" ", "").lstrip("+-")
    if "," in text and text.rfind(",") > text.rfind("."):
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", "")
    return float(text) if re.fullmatch(r"\d{1,12}(\.\d+)?", text) else None
