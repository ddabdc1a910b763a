import contextlib
from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

# The entry of a statement line is rewritten by us alone: no synchronisation back to the line, no guard for
# posted entries, no dynamic lines. `_reconcile_plan` checks the balance of all entries afterwards.
QUIET = {
    "skip_account_move_synchronization": True,
    "skip_readonly_check": True,
    "skip_invoice_sync": True,
    "check_move_validity": False,
    "force_delete": True,
    "dynamic_unlink": True,
    "tracking_disable": True,
}


class O2cMatchPosting(models.AbstractModel):
    """Posting in bulk: write the suspense lines, one reconciliation plan."""

    _name = "o2c.match.posting"
    _description = "Posting of Matches"

    def _post(self, run, matches, *, by_hand=False, write_off=None, split=None):
        """Post matches of the library; all of them or, by an exception, none.

        Matches of which another transaction holds a line or an item are skipped: they are somebody
        else's now.

        :param by_hand: a user decided; a difference between amounts is then allowed
        :param write_off: reconciliation model on whose accounts a difference is booked
        :param split: how a user divides the one bank line, see `_Posting._add_parts`
        :return: the matches that were posted; what a user decided is posted as a whole or not at all
        """
        free = self._lock(matches, by_hand=by_hand)
        if not free or (by_hand and len(free) < len(matches)):
            return []
        matches = free
        posting = _Posting(self.env, matches, write_off, split)
        for match in matches:
            posting.add(match)
        self._spare_chatter(posting)
        posting.carry_out()
        if not by_hand:
            posting.check()
        self._record(run, matches, posting, by_hand=by_hand)
        lines = self.env["account.bank.statement.line"].browse(
            line_id for match in matches for line_id in match.lines
        )
        self.env["o2c.issue"]._clear(lines, "match")
        return matches

    def _lock(self, matches, *, by_hand):
        """The matches whose lines and items are free: locked, still unmatched, and worth what was decided.

        :raises UserError: what a person accepts rests on a document that is not posted any more
        """
        lines = self.env["account.bank.statement.line"].browse(
            {line_id for match in matches for line_id in match.lines}
        )
        items = self.env["account.move.line"].browse(
            {item_id for match in matches for item_id in match.items}
        )
        lines = lines.try_lock_for_update(allow_referencing=True)
        items = items.try_lock_for_update(allow_referencing=True)
        posted = items.filtered(lambda item: item.parent_state == "posted")
        if by_hand and posted != items:
            raise UserError(
                self.env._(
                    "%s is not posted any more. Post it again, or match again to see what else the bank line "
                    "may pay.",
                    ", ".join((items - posted).move_id.mapped("display_name")),
                )
            )
        free_lines = set(lines.filtered(lambda line: not line.is_reconciled).ids)
        free_items = set(posted.ids)
        return [
            match
            for match in matches
            if free_lines.issuperset(match.lines)
            and free_items.issuperset(match.items)
            and (by_hand or self._still_adds_up(match, lines, items))
        ]

    @staticmethod
    def _still_adds_up(match, lines, items):
        """Whether the items of a match are worth what they were when it was decided.

        What a chargeback or a returned refund takes back is reconciled by nature.
        """
        own = lines.browse(match.lines).with_prefetch(lines.ids)
        suspense = items.browse().union(*[line._seek_for_lines()[1] for line in own])
        if not match.items or _Posting.takes_back(match, suspense):
            return True
        items = items.browse(match.items).with_prefetch(items.ids)
        owed = sum(items.mapped("amount_residual_currency"))
        paid = -sum(suspense.mapped("amount_currency"))
        return items.currency_id[:1].compare_amounts(paid - owed, float(match.residual)) == 0

    def _spare_chatter(self, posting):
        """Leave out the tracking messages of what a match explains better, at a fraction of the cost.

        An invoice whose followers asked to be told when it is paid keeps its message.
        """
        posting.items.payment_id._track_discard()
        invoices = posting.items.move_id
        paid = self._invoices_of(posting.items).values()
        invoices |= invoices.browse({move_id for moves in paid for move_id in moves})
        followed = self.env["mail.followers"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", invoices.ids),
                ("subtype_ids", "in", self.env.ref("account.mt_invoice_paid").ids),
            ]
        )
        (invoices - invoices.browse(followed.mapped("res_id")))._track_discard()

    def _record(self, run, matches, posting, *, by_hand):
        amounts = {
            line_id: -row["amount_currency"]
            for match in matches
            for line_id, row in zip(match.lines, posting.snapshots[match]["lines"], strict=True)
        }
        values = self._match_values(run, matches, amounts)
        now = fields.Datetime.now()
        for match, row in zip(matches, values, strict=True):
            row.update(
                state="applied",
                automatic=not by_hand,
                applied_by=self.env.uid,
                applied_at=now,
                snapshot=posting.snapshots[match],
            )
        line_ids = [line_id for match in matches for line_id in match.lines]
        stale = self.search([("state", "=", "proposed"), ("line_ids", "in", line_ids)])
        if by_hand:
            # The accepted proposal itself becomes the applied match.
            for record, row in zip(self, values, strict=True):
                record.write({**row, "run_id": record.run_id.id, "explanation": record.explanation})
            stale -= self
        else:
            self.create(values)
        left = stale.line_ids.filtered(lambda line: line.id not in line_ids)
        stale.unlink()
        if by_hand:
            # What they would have paid together with these lines they do not pay any more.
            self._enqueue(left)


class _Posting:
    """One chunk on its way into the books: first collected, then carried out together."""

    def __init__(self, env, matches, write_off=None, split=None):
        self.env = env
        self.write_off = write_off
        self.split = split
        # One prefetch set for all of them: what one match reads is read for the whole chunk.
        self.lines = env["account.bank.statement.line"].browse(
            dict.fromkeys(line_id for match in matches for line_id in match.lines)
        )
        self.items = env["account.move.line"].browse(
            dict.fromkeys(item_id for match in matches for item_id in match.items)
        )
        self.suspense = {line.id: self._suspense(line) for line in self.lines}
        self.together = [aml.id for aml in self.suspense.values()]
        self.plan = []
        self.snapshots = {}
        self.settled = []
        self.moving = defaultdict(lambda: env["account.move.line"])
        self.reopened = env["account.partial.reconcile"]

    def add(self, match):
        lines = self.lines.browse(match.lines).with_prefetch(self.lines.ids)
        items = self.items.browse(match.items).with_prefetch(self.items.ids)
        suspense = self.env["account.move.line"].union(*[self.suspense[line.id] for line in lines])
        suspense = suspense.with_prefetch(self.together)
        self.snapshots[match] = {
            "lines": [
                {
                    "id": aml.id,
                    "move_id": aml.move_id.id,
                    "currency_id": aml.currency_id.id,
                    "account_id": aml.account_id.id,
                    "partner_id": aml.partner_id.id,
                    "name": aml.name,
                    "amount_currency": aml.amount_currency,
                    "balance": aml.balance,
                }
                for aml in suspense
            ],
            "created": [],
            "rewritten": False,
            "reopened": [],
            "netted": [],
        }
        if self.split:
            self._add_parts(match, lines, suspense, items)
        elif self.takes_back(match, suspense):
            self._add_chargeback(match, suspense, items)
        elif not items:
            self._add_booking(match, lines, suspense)
        elif (
            len(items.account_id) == 1
            and not self._exceeds(suspense, items)
            and not (self.write_off and match.residual)
        ):
            self._move(suspense, items.account_id, items.partner_id)
            self._plan(match, suspense | items)
        else:
            self._add_split(match, lines, suspense, items)

    @staticmethod
    def _exceeds(suspense, items):
        """Whether the line has more money than the items ask for, so that a rest must stay behind."""
        owed = sum(items.mapped("amount_residual_currency"))
        paid = -sum(suspense.mapped("amount_currency"))
        currency = items.currency_id[:1]
        return currency.compare_amounts(abs(paid), abs(owed)) > 0 or paid * owed < 0

    def _suspense(self, line):
        _liquidity, suspense, _other = line._seek_for_lines()
        if len(suspense) != 1:
            raise UserError(self.env._("The entry of %s has no open suspense line.", line.display_name))
        return suspense

    def _move(self, suspense, account, partner):
        """Note that suspense lines go to an account; the partner matters where it is the debtor."""
        partner = partner if len(partner) == 1 else self.env["res.partner"]
        personal = account.account_type in ("asset_receivable", "liability_payable")
        for aml in suspense:
            new = partner if partner and (personal or not aml.partner_id) else aml.partner_id
            self.moving[account, new if personal else aml.partner_id] |= aml

    def _plan(self, match, amls):
        self.plan.append(amls)
        if not match.residual:
            self.settled.append((match, amls))

    # === The special cases === #

    @staticmethod
    def takes_back(match, suspense):
        """Whether money goes the way back: a chargeback goes out, a returned refund comes in."""
        balance = suspense[:1].balance
        return (match.strategy == "platform_chargeback" and balance > 0) or (
            match.strategy == "platform_refund" and balance < 0
        )

    def _add_chargeback(self, match, suspense, items):
        """Take the payment away from its documents, which are open again, and give it to the bank line."""
        partials = items.matched_debit_ids | items.matched_credit_ids
        partials = partials.filtered(lambda p: not (p.debit_move_id | p.credit_move_id).statement_line_id)
        self.reopened |= partials
        # Odoo takes back an exchange difference itself.
        exchange = partials.exchange_move_id.line_ids
        pairs = [partial.debit_move_id | partial.credit_move_id for partial in partials.sorted("id")]
        pairs = [(pair & items, pair - items) for pair in pairs if not pair & exchange]
        invoice_lines = items.browse().union(*[paid for _payment, paid in pairs])
        # In the order in which they were paid: of the last one the payment may have paid a part.
        self.snapshots[match]["reopened"] = [[payment.ids, paid.ids] for payment, paid in pairs]
        self._move(suspense, items.account_id, items.partner_id)
        self.plan.append(suspense | items)
        if match.residual:
            self.plan.append(items | invoice_lines)

    def _add_booking(self, match, lines, suspense):
        if match.strategy == "payout_deposit":
            account = (
                lines.mollie_settlement_id.account_id.transfer_account_id
                or lines.company_id.transfer_account_id
            )
            if not account:
                raise UserError(
                    self.env._(
                        "The company has no internal transfer account. Set one in the accounting settings."
                    )
                )
            self._move(suspense, account, lines.partner_id)
            return
        model = self.env["account.reconcile.model"].browse(match.rule)
        nothing_else = self.items.browse().account_id
        for line, aml in zip(lines, suspense, strict=True):
            pieces = model._o2c_counterparts(line, aml, aml.amount_currency, nothing_else)
            self._split(match, line, aml, pieces)

    def _add_split(self, match, lines, suspense, items):
        """Items on several accounts, or a line that pays more than they ask: one piece for each item."""
        if len(lines) > 1:
            raise UserError(
                self.env._(
                    "Several bank lines cannot be matched with items on different accounts at once. "
                    "Match them line by line."
                )
            )
        pieces = [
            {
                "name": item.move_id.name,
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "amount_currency": -item.amount_residual_currency,
            }
            for item in items
        ]
        if self.write_off:
            left = suspense.amount_currency - sum(piece["amount_currency"] for piece in pieces)
            pieces += self.write_off._o2c_counterparts(lines, suspense, left, items.account_id)
        else:
            items, pieces = self._within(suspense, items, pieces)
        created = self._split(match, lines, suspense, pieces)
        for piece, item in zip(created, items, strict=False):
            self.plan.append(piece | item)

    @staticmethod
    def _within(suspense, items, pieces):
        """Items and their pieces as far as the line reaches: what is due last stays open with the rest."""
        currency = suspense.currency_id
        paid = suspense.amount_currency
        sign = 1 if paid > 0 else -1
        over = currency.round(sign * (sum(piece["amount_currency"] for piece in pieces) - paid))
        order = dict(zip(items, pieces, strict=True))
        for item in items.sorted(lambda item: (item.date_maturity or item.date, item.id), reverse=True):
            less = min(over, sign * order[item]["amount_currency"])
            if less > 0:
                order[item]["amount_currency"] -= sign * less
                over = currency.round(over - less)
        kept = items.filtered(lambda item: not currency.is_zero(order[item]["amount_currency"]))
        return kept, [order[item] for item in kept]

    def _add_parts(self, match, lines, suspense, items):
        """What a person has laid out: a part for each item and each model; the rest stays in suspense.

        `split` has ``items``, {item id: amount}, and ``bookings``, [(model, amount)]. Amounts have the sign
        of the bank line and the currency of its suspense line. ``paid`` is {id of an item in another
        currency: (currency, what it gets)}.
        """
        pieces = [
            {
                "name": item.move_id.name,
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "amount_currency": -self.split["items"][item.id],
                "paid": self.split["paid"].get(item.id),
            }
            for item in items
        ]
        for model, amount in self.split["bookings"]:
            pieces += model._o2c_counterparts(lines, suspense, -amount, items.account_id)
        created = self._split(match, lines, suspense, pieces)
        for piece, item in zip(created, items, strict=False):
            self.plan.append(piece | item)

    def _split(self, match, line, suspense, pieces):
        """Replace a suspense line by pieces; what they leave stays in suspense.

        :param pieces: values of journal items with ``amount_currency`` in the currency of the suspense line
        :return: the journal items of the pieces, in order
        """
        currency = suspense.currency_id
        rate = suspense.balance / suspense.amount_currency
        company_currency = suspense.company_currency_id
        left, left_balance = suspense.amount_currency, suspense.balance
        for piece in pieces:
            piece["amount_currency"] = currency.round(piece["amount_currency"])
            piece["currency_id"] = currency.id
            left = currency.round(left - piece["amount_currency"])
            last = currency.is_zero(left) and piece is pieces[-1]
            piece["balance"] = (
                left_balance if last else company_currency.round(piece["amount_currency"] * rate)
            )
            left_balance = company_currency.round(left_balance - piece["balance"])
            if paid := piece.pop("paid", None):
                # In the document's own currency: what the rates differ by is Odoo's exchange difference.
                piece["currency_id"], piece["amount_currency"] = paid[0].id, -paid[1]
        move = line.move_id.with_context(**QUIET)
        whole = currency.is_zero(left)
        taxed = any(piece.get("tax_ids") for piece in pieces)
        if whole and not taxed:
            # The suspense line becomes the first piece: its id, and so its history, stays.
            commands, others = [Command.update(suspense.id, pieces[0])], pieces[1:]
        elif whole:
            # Odoo lets nobody give taxes to an existing line of a posted entry.
            commands, others = [Command.delete(suspense.id)], pieces
        else:
            rest = {"amount_currency": left, "balance": left_balance}
            commands, others = [Command.update(suspense.id, rest)], pieces
        before = move.line_ids
        self.snapshots[match]["rewritten"] = True
        move.write({"line_ids": [*commands, *[Command.create(values) for values in others]]})
        created = (move.line_ids - before).sorted("id")
        self.snapshots[match]["created"] += created.ids
        return (suspense if whole and not taxed else suspense.browse()) + created

    # === Carrying out === #

    def carry_out(self):
        """Write, then reconcile: the number of queries grows with the accounts, not with the lines."""
        self.reopened.unlink()
        by_account = defaultdict(lambda: self.env["account.move.line"])
        by_partner = defaultdict(lambda: self.env["account.move.line"])
        for (account, partner), amls in self.moving.items():
            by_account[account] |= amls
            by_partner[partner] |= amls.filtered(lambda aml, p=partner: aml.partner_id != p)
        with self._without_analytic_search():
            for account, amls in by_account.items():
                amls.with_context(**QUIET).write({"account_id": account.id})
            for partner, amls in by_partner.items():
                if amls:
                    amls.with_context(**QUIET).write({"partner_id": partner.id})
        if self.plan:
            # Odoo looks at the taxes of each line of these entries; read them in one query.
            self.env["account.move.line"].union(*self.plan).move_id.line_ids.mapped("tax_ids")
            self.env["account.move.line"]._reconcile_plan(self.plan)
        for match, snapshot in self.snapshots.items():
            items = self.items.browse(match.items if len(match.items) > 1 else ())
            items = items.with_prefetch(self.items.ids)
            debits = items.matched_credit_ids.filtered(lambda p, own=items: p.credit_move_id in own)
            snapshot["netted"] = debits.ids

    def _without_analytic_search(self):
        """Odoo looks for an analytic distribution once for each journal item; where no model is, in vain."""
        if self.env["account.analytic.distribution.model"].search_count([], limit=1):
            return contextlib.nullcontext()
        items = self.env["account.move.line"]
        moving = items.union(*self.moving.values())
        return self.env.protecting([items._fields["analytic_distribution"]], moving)

    def check(self):
        """What was explained to the cent must be reconciled to the cent."""
        for match, amls in self.settled:
            if not all(amls.mapped("reconciled")):
                raise UserError(
                    self.env._("The amounts agree, but the reconciliation left a rest: %s", match.explanation)
                )
