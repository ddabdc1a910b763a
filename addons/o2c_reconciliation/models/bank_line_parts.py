import re
from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.parts import NotDivisible, Part, divide

FOUND = 30  # open items that a search shows


class O2cBankLineParts(models.AbstractModel):
    """Searching what a bank line pays, and dividing it. Amounts have the sign of the bank line.

    A document in another currency is paid at the rate of the line's day, or in full with what a person says.
    Its part of the bank line's entry is in the document's currency: Odoo books the exchange difference.
    """

    _name = "o2c.bank.line.parts"
    _description = "Dividing Bank Lines"

    def o2c_review_search(self, text, chosen_ids=()):
        """Open items that this line might pay.

        :param text: words of the document, the partner or the order; or an amount; empty: the partner's items
        :param chosen_ids: items that are not wanted again
        :return: at most 30 items, those with the amount of the line first; ``asks`` is what they have open
            in the currency of the line, ``foreign`` tells that theirs is another
        """
        self.ensure_one()
        self._o2c_check_accountant()
        # What is found must be what the user may see; the line's entry and the found names need more.
        line = self.sudo()
        currency, open_amount = line._o2c_open_amount()
        domain = self._o2c_open_items() & Domain("id", "not in", list(chosen_ids))
        domain &= self._o2c_search_domain(text.strip(), currency, open_amount)
        same = Domain("amount_residual_currency", "=", open_amount) & Domain("currency_id", "=", currency.id)
        items = self.env["account.move.line"].search(domain & same, limit=FOUND, order="date_maturity, id")
        if len(items) < FOUND:
            others = domain & Domain("id", "not in", items.ids)
            items += items.search(others, limit=FOUND - len(items), order="date_maturity, id")
        items = items.sudo()
        invoices = line.env["o2c.match"]._invoices_of(items)
        found = [
            {
                **self._o2c_item(item, invoices),
                "asks": line._o2c_asks(item),
                "foreign": item.currency_id != currency,
            }
            for item in items
        ]
        return sorted(
            found, key=lambda row: (row["foreign"], bool(currency.compare_amounts(row["asks"], open_amount)))
        )

    def _o2c_open_items(self):
        """What a line of this company can pay, as a domain of journal items."""
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_id.reconcile", "=", True),
                ("amount_residual_currency", "!=", 0),
                ("statement_line_id", "!=", self.id),
            ]
        )

    def _o2c_search_domain(self, text, currency, open_amount):
        if not text:
            partner = self.partner_id.commercial_partner_id
            if partner:
                return Domain("partner_id", "child_of", partner.id)
            return Domain("amount_residual_currency", "=", open_amount) & Domain(
                "currency_id", "=", currency.id
            )
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
        amount = self._o2c_number(text)
        if amount is not None:
            found |= Domain("amount_residual_currency", "in", (amount, -amount))
        return found

    def _o2c_number(self, text):
        """An amount as a person types it, in whichever country's way; None for other text.

        The last of two kinds of separators stands before the cents. A separator alone does so, too, unless
        three digits follow: then it is what the user's language makes of it.
        """
        text = re.sub(r"[\s'’]", "", text).lstrip("+-")
        separators = sorted({mark for mark in ",." if mark in text}, key=text.rfind)
        decimal = separators[-1] if separators else ""
        if len(separators) == 1 and (
            text.count(decimal) > 1 or (re.search(r"\D\d{3}$", text) and decimal != self._o2c_decimal_point())
        ):
            decimal = ""
        for mark in separators:
            text = text.replace(mark, "." if mark == decimal else "")
        return float(text) if re.fullmatch(r"\d{1,12}(\.\d+)?", text) else None

    def _o2c_decimal_point(self):
        return self.env["res.lang"]._get_data(code=self.env.user.lang or "en_US").decimal_point or "."

    # === Other currencies === #

    def _o2c_asks(self, item):
        """What an item has open, in the currency of this line at the rate of its day."""
        currency, _open_amount = self._o2c_open_amount()
        amount = item.amount_residual_currency
        if item.currency_id == currency:
            return amount
        own = self.company_id.currency_id
        balance = item.currency_id._convert(amount, own, self.company_id, self.date, round=False)
        return currency.round(balance / self._o2c_rate())

    def _o2c_paid(self, item, taken, asks):
        """What an item in another currency gets for an amount of this line."""
        if taken == asks:
            return item.amount_residual_currency
        own = self.company_id.currency_id
        paid = own._convert(taken * self._o2c_rate(), item.currency_id, self.company_id, self.date)
        return min(paid, item.amount_residual_currency, key=abs)

    def _o2c_rate(self):
        """The company's currency for one of this line's currency, as the bank has booked it."""
        _liquidity, suspense, _other = self._seek_for_lines()
        amount = sum(suspense.mapped("amount_currency"))
        return sum(suspense.mapped("balance")) / amount if amount else 1.0

    # === Dividing === #

    def o2c_review_apply(self, items, bookings, expected=None):
        """Match this line with what a person has chosen. What the parts leave of the line stays open.

        :param items: [{id, amount, in_full}]; amounts are in the currency of the line. Without an amount
            the whole of the item, as far as the line reaches; ``in_full``, for an item in another currency:
            the amount, or what the other parts leave of the line, pays the whole of it
        :param bookings: [{model_id, amount}]; without an amount what the other parts leave of the line
        :param expected: what the line had open when the parts were laid out
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
        if expected is not None and currency.compare_amounts(expected, open_amount):
            raise UserError(
                self.env._(
                    "The bank line was matched meanwhile: it has %s open now. Look at it and choose again.",
                    currency.format(open_amount),
                )
            )
        chosen = self.env["account.move.line"].browse([row["id"] for row in items])
        seen = chosen.search(self._o2c_open_items() & Domain("id", "in", chosen.ids))
        models_ = self.env["account.reconcile.model"].browse([row["model_id"] for row in bookings])
        usable = {model["id"] for model in line._o2c_write_off_models()}
        if set(seen.ids) != set(chosen.ids) or not usable.issuperset(models_.ids):
            raise UserError(
                self.env._("Something of what you chose is not open or not usable any more. Choose again.")
            )
        chosen, models_ = chosen.sudo(), models_.sudo()
        parts = [line._o2c_part(item, row, currency) for item, row in zip(chosen, items, strict=True)]
        parts += [Part(amount=_decimal(row["amount"], currency)) for row in bookings]
        division = line._o2c_divide(open_amount, parts, chosen, currency)
        taken = [float(amount) for amount in division.taken]
        split = {
            "items": dict(zip(chosen.ids, taken, strict=False)),
            "bookings": list(zip(models_, taken[len(chosen) :], strict=True)),
            "paid": line._o2c_paid_items(chosen, parts, taken),
        }
        match = line.env["o2c.match"].create(
            {
                "company_id": line.company_id.id,
                "currency_id": currency.id,
                "journal_id": line.journal_id.id,
                "model_id": models_[:1].id if not chosen else False,
                "strategy": "proposal" if chosen else "counterpart",
                "line_ids": [Command.set(line.ids)],
                "item_ids": [Command.set(chosen.ids)],
                "explanation": self._o2c_words(chosen, models_, parts, split, currency),
                "residual": float(division.left),
                "confidence": 100,
            }
        )
        divided = bookings or split["paid"] or any(part.amount is not None for part in parts)
        match._accept(split=split if divided else None)
        return True

    def _o2c_part(self, item, row, currency):
        foreign = item.currency_id != currency
        return Part(
            asks=_decimal(self._o2c_asks(item), currency),
            amount=_decimal(row.get("amount"), currency),
            foreign=foreign,
            in_full=foreign and bool(row.get("in_full")),
        )

    def _o2c_divide(self, open_amount, parts, items, currency):
        """The division of this line.

        :raises UserError: an amount that is no part of its item, or parts that exceed the line
        """
        try:
            return divide(_decimal(open_amount, currency), parts)
        except NotDivisible as error:
            item = items[error.place : error.place + 1]
            raise UserError(self._o2c_not_divisible(error, item, currency)) from error

    def _o2c_not_divisible(self, error, item, currency):
        if error.reason == "rests":
            return self.env._("Only one part can take the rest. Give the others an amount.")
        if error.reason == "exceeds":
            return self.env._(
                "The parts come to %(amount)s more than the bank line has. Make one of them smaller.",
                amount=currency.format(float(error.amount)),
            )
        if error.reason == "nothing":
            return self.env._(
                "The other parts leave nothing of the bank line for %(document)s. Make one of them smaller.",
                document=item.move_id.name,
            )
        residual = item.currency_id.format(item.amount_residual_currency)
        if item.currency_id == currency:
            return self.env._(
                "%(document)s has %(residual)s open. Give an amount up to that.",
                document=item.move_id.name,
                residual=residual,
            )
        return self.env._(
            "%(document)s has %(residual)s open, %(amount)s at the rate of the day. "
            "Give an amount up to that, or say that it pays the document in full.",
            document=item.move_id.name,
            residual=residual,
            amount=currency.format(self._o2c_asks(item)),
        )

    def _o2c_paid_items(self, items, parts, taken):
        """{item in another currency: (currency, what it gets)}"""
        paid = {}
        for item, part, amount in zip(items, parts, taken, strict=False):
            if not part.foreign:
                continue
            gets = item.amount_residual_currency
            if not part.in_full:
                gets = self._o2c_paid(item, amount, float(part.asks))
            if item.currency_id.is_zero(gets) or self.company_id.currency_id.is_zero(
                amount * self._o2c_rate()
            ):
                raise UserError(
                    self.env._(
                        "%(amount)s is too little to pay something of %(document)s. Give a larger amount.",
                        amount=self._o2c_open_amount()[0].format(amount),
                        document=item.move_id.name,
                    )
                )
            paid[item.id] = (item.currency_id, gets)
        return paid

    def _o2c_words(self, items, models_, parts, split, currency):
        """Who decided what, as the explanation of the match."""
        words = []
        for item, part in zip(items, parts, strict=False):
            name = item.move_id.name
            amount = currency.format(split["items"][item.id])
            if part.foreign:
                of_item, gets = split["paid"][item.id]
                words.append(
                    self.env._(
                        "%(document)s (%(paid)s for %(amount)s)",
                        document=name,
                        paid=of_item.format(gets),
                        amount=amount,
                    )
                )
            else:
                words.append(name if part.amount is None else f"{name} ({amount})")
        for model, part in zip(models_, parts[len(items) :], strict=True):
            if part.amount is None:
                words.append(self.env._("the rest with %s", model.name) if words else model.name)
            else:
                amount = currency.format(float(part.amount))
                words.append(self.env._("%(amount)s with %(model)s", amount=amount, model=model.name))
        return self.env._("%(user)s chose %(parts)s.", user=self.env.user.name, parts=", ".join(words))


def _decimal(amount, currency):
    """An amount of a currency, exact; None stays None."""
    return None if amount is None else Decimal(f"{amount:.{currency.decimal_places}f}")
