from collections import Counter, defaultdict

from odoo import models
from odoo.exceptions import UserError

from ...o2c_base.batches import all_or_each
from ..lib.matching import Match
from .match_engine import CHUNK

AT_ONCE = 1000  # proposals that are accepted with one click
NAMED = 5  # of those that were left


class O2cMatchAccept(models.AbstractModel):
    """Applying what a person decided: one match with all its particulars, or many of one kind at once."""

    _name = "o2c.match.accept"
    _description = "Acceptance of Matches"

    def _accept(self, write_off=None, split=None):
        """Apply proposals as the user decided; all of them or, by an exception, none.

        :param write_off: reconciliation model on whose accounts the difference is booked
        :param split: how the bank line of a single match is divided, see `_Posting._add_parts`
        """
        if any(match.state != "proposed" for match in self):
            raise UserError(self.env._("Only a proposal can be accepted."))
        for start in range(0, len(self), CHUNK):
            chunk = self[start : start + CHUNK]
            # A proposal may be older than what has happened since to its lines and items.
            figures = {match: match._figures(divided=bool(split)) for match in chunk}
            wanted = [match._as_decided(figures[match][1]) for match in chunk]
            if not all(match._is_free() for match in chunk) or len(
                chunk._post(chunk.run_id[:1], wanted, by_hand=True, write_off=write_off, split=split)
            ) != len(chunk):
                raise UserError(
                    self.env._(
                        "The bank line or its counterpart was matched meanwhile. "
                        "Match again to see what is left."
                    )
                )
            for match, (amount, residual) in figures.items():
                explained = match.currency_id.round(amount - residual)
                match.write({"amount": amount, "explained": explained, "residual": residual})
            chunk._give_up_claims()

    def _give_up_claims(self):
        """Other lines no longer have a claim on what was applied: look for what else they may pay."""
        stale = self.search([("state", "=", "proposed"), ("item_ids", "in", self.item_ids.ids)])
        lines = stale.line_ids
        stale.unlink()
        self.env["o2c.match"]._enqueue(lines)

    def _accept_many(self, *, exact=False):
        """Apply these proposals in bulk, and one by one where that fails; what cannot be applied stays.

        :param exact: leave also those that do not explain their bank lines to the cent (any more)
        :return: {proposal that was left: why, as a sentence}
        :raises UserError: these are more than 1,000
        """
        if len(self) > AT_ONCE:
            raise UserError(
                self.env._(
                    "At most %(most)s proposals are accepted at once, and you chose %(count)s. "
                    "Narrow the list down, for example by rule, journal or date.",
                    most=AT_ONCE,
                    count=len(self),
                )
            )
        claims = Counter()
        for match in self:
            claims.update(("line", line_id) for line_id in match.line_ids.ids)
            claims.update(("item", item_id) for item_id in match.item_ids.ids)
        left = {}
        for match in self:
            own = [("line", line_id) for line_id in match.line_ids.ids]
            own += [("item", item_id) for item_id in match.item_ids.ids]
            if any(claims[claim] > 1 for claim in own):
                left[match] = self.env._("Another of the chosen proposals claims the same.")
            elif exact and match._figures()[1]:
                left[match] = self.env._("It leaves a difference.")
        clear = [match for match in self if match not in left]
        for start in range(0, len(clear), CHUNK):
            all_or_each(
                self.env.cr,
                clear[start : start + CHUNK],
                lambda some: self.browse().union(*some)._accept(),
                lambda match, error: left.update({match: str(error)}),
                start_over=lambda error: not isinstance(error, UserError),
            )
        return left

    def _tell_left(self, left):
        """Name the proposals that could not be accepted, by reason: a few of them, and how many more."""
        if not left:
            return True
        by_reason = defaultdict(list)
        for match, reason in list(left.items())[:NAMED]:
            by_reason[reason].append(f"“{match.line_label or match.line_ids[:1].display_name}”")
        words = [self.env._("%s proposals were left. Look at them one by one.", len(left))]
        words += [f"{', '.join(labels)}: {reason}" for reason, labels in by_reason.items()]
        if len(left) > NAMED:
            words.append(self.env._("And %s more.", len(left) - NAMED))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": " ".join(words),
                # The list is read again, and stays where it is.
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _as_decided(self, residual):
        """This proposal as a match of the library that is to be posted."""
        self.ensure_one()
        return Match(
            lines=tuple(self.line_ids.ids),
            items=tuple(self.item_ids.ids),
            rule=self.model_id.id or 0,
            strategy=self.strategy,
            explanation=self.explanation,
            residual=self._decimal(residual, self.currency_id.id),
            confidence=self.confidence,
            posts=True,
        )

    # === What lines and items have at this moment === #

    def _figures(self, *, divided=False):
        """(what the bank lines have open, what of that the items leave), in the currency of the match.

        :param divided: a person divided the line just now and knows what is left of it
        """
        self.ensure_one()
        opened = [line._o2c_open_amount() for line in self.line_ids]
        if any(currency != self.currency_id for currency, _amount in opened):
            raise UserError(
                self.env._(
                    "Bank lines in different currencies cannot be matched together. Match them line by line."
                )
            )
        amount = self.currency_id.round(sum(amount for _currency, amount in opened))
        if divided or not self.item_ids:
            return amount, self.residual
        asked = sum(self._takes(item) for item in self.item_ids)
        return amount, self.currency_id.round(amount - asked)

    def _is_free(self):
        """Whether nothing else has taken the items."""
        self.ensure_one()
        if self._takes_back():
            return all(not item.currency_id.is_zero(self._takes(item)) for item in self.item_ids)
        return not any(self.item_ids.mapped("reconciled"))

    def _takes_back(self):
        """Whether a chargeback takes back a payment, or a returned refund takes back that refund.

        Its items are matched with the documents that they have paid: that is what is taken back.
        """
        self.ensure_one()
        amount = self.line_ids[:1].amount
        return (self.strategy == "platform_chargeback" and amount < 0) or (
            self.strategy == "platform_refund" and amount > 0
        )

    def _takes(self, item):
        """What an item has for this match: what is open, or what no bank line has taken back yet."""
        if not self._takes_back():
            return item.amount_residual_currency
        left = item.amount_currency
        for partial in item.matched_debit_ids:
            if partial.debit_move_id.statement_line_id:
                left += partial.credit_amount_currency
        for partial in item.matched_credit_ids:
            if partial.credit_move_id.statement_line_id:
                left -= partial.debit_amount_currency
        return item.currency_id.round(left)
