from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ...o2c_base.words import in_words
from ..lib.booking import base_id, lines_to_book
from ..lib.ledger import is_returned_payout, settlement_window
from ..lib.objects import LISTS, parse_settlement
from ..lib.statement import (
    FAILED,
    Line,
    Plan,
    Proof,
    listless_total,
    lists_are_complete,
    needs_ledger,
    plan_settlement,
    with_fee_of_each,
)
from .o2c_mollie_account import CHANNEL

# Bank lines created at once.
PAGE = 500


class O2cMollieSettlement(models.Model):
    # A file for each of the things that it does.
    _inherit = "o2c.mollie.settlement"  # pylint: disable=consider-merging-classes-inherited

    def _enqueue_import(self):
        for settlement in self:
            settlement.with_delay(
                channel=CHANNEL,
                identity_key=f"o2c_mollie_settlement:{settlement.id}",
                description=self.env._("Read settlement %s", settlement.reference),
            )._import()

    def action_import(self):
        """Read this settlement again at Mollie and post what is missing."""
        self.check_access("read")
        for settlement in self.sudo():  # see O2cMollieAccount.sync_settlements
            client = settlement.account_id._client()
            remote = client.settlement(settlement.mollie_id)
            settlement._take_over(
                settlement.account_id,
                [remote],
                {balance.mollie_id: balance for balance in settlement.account_id.balance_ids},
            )
            settlement._import(client)

    def _import(self, client=None):
        """Job: read what the settlement consists of, prove that it adds up, post what the journal
        lacks. Posts nothing when it does not add up."""
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "settlement", retry="action_import"):
            balance = self.balance_id
            if not balance.journal_id:
                raise UserError(
                    self.env._(
                        "There is no bank journal for this balance yet. Open the Mollie account "
                        "and press “Create journals”, then try again."
                    )
                )
            # One statement at a time per journal: each starts where the one before ended.
            balance.lock_for_update()
            client = client or self.account_id._client()
            remote = parse_settlement(self.payload)
            plan = self._plan(client, remote)
            self._write_proof(plan)
            if plan.adds_up:
                self._post(plan, remote)
                balance._enqueue_check()
            else:
                self.state = "booked" if self.statement_id else "unbalanced"
        self._report_sum()

    # --- reading ---

    def _plan(self, client, remote):
        if self.booked_content == remote.content:
            plan = self._plan_as_booked(remote)
            # Somebody may have deleted posted lines, also such that come to nothing together.
            if plan.is_whole and self.booked_lines == self._count_lines():
                return plan
        items = []
        for name in LISTS:
            items += client.settlement_items(remote.id, name)
            if lists_are_complete(remote, items):
                break
        plan = plan_settlement(remote, items)
        ledger, fee_each = needs_ledger(plan), self.account_id.fee_detail == "transaction"
        if ledger and not lists_are_complete(remote, items):
            items = self._all_items(client, remote, items)
        window = self._window(client, remote, items) if ledger or fee_each else None
        if ledger:
            plan = plan_settlement(remote, items, window, self._returned_payouts(client, window))
        if fee_each:
            plan = with_fee_of_each(plan, items, window)
        return plan

    def _all_items(self, client, remote, items):
        read = {item.kind for item in items}
        for name, kind in LISTS.items():
            if kind not in read:
                items += client.settlement_items(remote.id, name)
        return list({(item.kind, item.id): item for item in items}.values())

    def _window(self, client, remote, items):
        moments = [item.created_at for item in items if item.created_at]
        oldest = min(moments) - timedelta(days=1) if moments else None
        booked = self.env["account.bank.statement.line"]._read_group(
            [
                ("journal_id", "=", self.journal_id.id),
                ("mollie_id", "=like", "baltr%"),
                ("mollie_settlement_id", "!=", self.id),
            ],
            aggregates=["mollie_id:array_agg"],
        )[0][0]
        return settlement_window(
            client.ledger(self.balance_id.mollie_id),
            remote.id,
            {item.id for item in items},
            oldest,
            frozenset(booked or ()),
            listless_total(remote, items),
        )

    def _returned_payouts(self, client, window):
        """:return: ids of posted settlements whose payout came back; those that still count as
        paid out are set right on the way."""
        back = {entry.context["settlementId"] for entry in window if is_returned_payout(entry)} - {
            self.mollie_id
        }
        settlements = self.search([("account_id", "=", self.account_id.id), ("mollie_id", "in", list(back))])
        for settlement in settlements.filtered(lambda settlement: settlement.state != "booked"):
            # What came back can only be told from new money once its first payout is posted.
            settlement._import(client)
            if settlement.state != "booked":
                raise UserError(
                    self.env._(
                        "This settlement pays out again what came back from settlement %s, which "
                        "is not posted yet. Put that one right first.",
                        settlement.reference,
                    )
                )
        for settlement in settlements.filtered(
            lambda settlement: not settlement.payout_returned and settlement.status != FAILED
        ):
            settlement.payout_returned = True
            remote = parse_settlement(settlement.payload)
            settlement._post(settlement._plan_as_booked(remote), remote, whole=False)
        return frozenset(settlements.mapped("mollie_id"))

    def _booked_lines(self):
        """:return: list of (kind, id, amount, vat) of the lines posted so far."""
        quantize = Decimal(1).scaleb(-self.currency_id.decimal_places)
        return [
            (
                line.mollie_kind,
                line.mollie_id,
                Decimal(str(line.amount)).quantize(quantize),
                Decimal(str(line.mollie_vat)).quantize(quantize),
            )
            for line in self.line_ids
        ]

    def _plan_as_booked(self, remote):
        """The plan that the posted lines stand for: only the payout can have changed."""
        sums = {}
        for kind, identifier, amount, vat in self._booked_lines():
            if kind not in ("payout", "payout_return"):
                key = (kind, base_id(identifier))
                total, taxes = sums.get(key, (0, 0))
                sums[key] = (total + amount, taxes + vat)
        lines = tuple(
            Line(kind=kind, id=identifier, amount=amount, vat=vat)
            for (kind, identifier), (amount, vat) in sums.items()
        )
        quantize = Decimal(1).scaleb(-self.currency_id.decimal_places)

        def exact(name):
            return Decimal(str(self[name])).quantize(quantize)

        return Plan(
            lines,
            Proof(
                items=exact("proof_items"),
                fees=exact("proof_fees"),
                others=exact("proof_others"),
                rounding=exact("proof_rounding"),
                carried=exact("proof_carried"),
                expected=remote.amount.value,
            ),
        )

    # --- proof ---

    def _write_proof(self, plan):
        proof = plan.proof
        self.write(
            {
                "proof_items": float(proof.items),
                "proof_fees": float(proof.fees),
                "proof_others": float(proof.others),
                "proof_rounding": float(proof.rounding),
                "proof_carried": float(proof.carried),
                "proof_total": float(proof.total),
                "proof_difference": float(proof.difference),
                "note": "\n".join(in_words(self.env, finding) for finding in plan.findings) or False,
                **self._not_settled(plan),
            }
        )

    def _not_settled(self, plan):
        if self.booked_content and not plan.unsettled:
            # Read for its payout only; what was found the first time still holds.
            return {}
        return {
            "not_settled_note": "\n".join(
                f"{item.description or item.id}: {item.amount.value} {item.amount.currency} ({item.method})"
                for item in plan.unsettled
            )
            or False
        }

    # --- posting ---

    def _post(self, plan, remote, *, whole=True):
        """Post the lines that the journal lacks and link them to the settlement's statement.

        :param whole: the plan has all lines; False when only the payout was looked at.
        """
        self._take_over_fed(plan)
        missing = lines_to_book(plan, remote, self._booked_lines(), self.payout_returned)
        if missing or (self.line_ids and not self.statement_id):
            later = bool(self.statement_id)
            lines = self._create_lines(missing)
            if not self.statement_id:
                # Those that a feed brought, or a deleted statement left behind, belong to it as well.
                loose = self.line_ids.filtered(lambda line: not line.statement_id)
                self.statement_id = self.env["account.bank.statement"].create(
                    {
                        "name": self.reference,
                        "reference": self.mollie_id,
                        "line_ids": [fields.Command.link(line.id) for line in loose],
                    }
                )
            self.statement_id._o2c_chain()
            self._report_lines(lines, later)
            self.env["account.move"]._o2c_mollie_bills_for(lines)._o2c_match_mollie_fees()
        self.write(
            {
                "state": "booked",
                "booked_fingerprint": remote.fingerprint,
                "booked_content": remote.content,
            }
        )
        if whole:
            self.booked_lines = self._count_lines()

    def _count_lines(self):
        """How many lines the journal has of what the settlement is about, its payout left out."""
        return self.env["account.bank.statement.line"].search_count(
            [
                ("mollie_settlement_id", "=", self.id),
                ("mollie_kind", "not in", ("payout", "payout_return")),
            ]
        )

    def _create_lines(self, planned):
        """Create the bank lines, a page at a time: what Odoo remembers of one is let go of before the next.

        :param planned: list of lib Line.
        """
        # Entries of a bank feed need no "created" message each; it costs a fifth of the time.
        quiet = self.env["account.bank.statement.line"].with_context(tracking_disable=True)
        created = []
        for start in range(0, len(planned), PAGE):
            values = self._line_values(planned[start : start + PAGE])
            if self.statement_id:
                for line in values:
                    line["statement_id"] = self.statement_id.id
            created += quiet.create(values).ids
            self.env.flush_all()
            self.env.invalidate_all()
        return self.env["account.bank.statement.line"].browse(created)

    def _take_over_fed(self, plan):
        """Take over the lines that came into the journal before this settlement: they count as posted."""
        kinds = {(line.kind, line.id) for line in plan.lines}
        fed = (
            self.env["account.bank.statement.line"]
            .search(
                [
                    ("journal_id", "=", self.journal_id.id),
                    ("mollie_settlement_id", "=", False),
                    ("mollie_id", "!=", False),
                ]
            )
            .filtered(lambda line: (line.mollie_kind, line.mollie_id) in kinds)
        )
        fed.mollie_settlement_id = self
        if self.statement_id:
            fed.statement_id = self.statement_id

    def _line_values(self, lines):
        """:return: values to create statement lines with, one for each lib Line."""
        self.ensure_one()
        account = self.account_id
        partners = self._partners(lines)
        kinds = dict(
            self.env["account.bank.statement.line"]._fields["mollie_kind"]._description_selection(self.env)
        )
        counterparts = {kind: account._counterpart_account(kind) for kind in {line.kind for line in lines}}
        descriptions = self._descriptions(lines)
        own_money = self._in_own_money(lines)
        first_day = self._booking_date(self.created_at)
        days = {}
        values = []
        for line in lines:
            moment = line.moment if line.kind.startswith("payout") else None
            day = days.setdefault(moment, self._booking_date(moment) if moment else first_day)
            if line.kind == "payout_return":
                day = self._booking_date(fields.Datetime.now())
            description = line.description or descriptions.get(line.payment_id, "")
            counterpart = counterparts[line.kind]
            partner = partners.get(description) or partners.get(line.payment_id)
            if line.kind in ("fee", "rounding", "compensation"):
                partner = account.partner_id
            vals = {
                "journal_id": self.journal_id.id,
                "date": day,
                "payment_ref": self._label(line, kinds[line.kind], description),
                "ref": line.payment_id or self.reference,
                "amount": float(line.amount),
                "partner_id": partner.id if partner else False,
                "partner_name": line.consumer or False,
                "transaction_type": line.kind,
                "mollie_id": line.id,
                "mollie_kind": line.kind,
                "mollie_payment_id": line.payment_id or False,
                "mollie_description": description or False,
                "mollie_method": line.method or False,
                "mollie_date": line.moment,
                "mollie_vat": float(line.vat),
                "mollie_settlement_id": self.id,
                **({} if description in own_money else self._foreign_values(line)),
            }
            entry = account._fee_entry(self.journal_id, vals) if line.kind == "fee" else None
            if entry:
                vals["line_ids"] = entry
            elif counterpart:
                vals["counterpart_account_id"] = counterpart.id
            values.append(vals)
        return values

    def _label(self, line, kind, description):
        """What people read: kind, what the shop or Odoo calls it, what Mollie calls it."""
        own = line.label if line.label != description else ""
        parts = [kind, description, own]
        if line.kind in ("payment", "capture", "refund", "chargeback"):
            parts += [line.method, line.id]
            if line.payment_id != line.id:
                parts.append(line.payment_id)
        if line.customer_amount:
            parts.append(f"{line.customer_amount.value} {line.customer_amount.currency}")
        return " · ".join(dict.fromkeys(part for part in parts if part))

    def _in_own_money(self, lines):
        """:return: descriptions of payments that customers made in another currency, while Odoo keeps
        them in the journal's (a shop's policy). Such a line is compared with them in that currency; what
        Mollie's rate made of it is then a difference that people see."""
        names = {line.description for line in lines if line.customer_amount and line.description}
        if not names:
            return set()
        payments = self.env["account.payment"].search(
            [
                ("o2c_reference", "in", list(names)),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        return set(payments.mapped("o2c_reference"))

    def _foreign_values(self, line):
        """What the customer paid, when that was in another currency: the rate is Mollie's."""
        if not line.customer_amount:
            return {}
        currency = self.env["res.currency"].search([("name", "=", line.customer_amount.currency)], limit=1)
        if not currency:
            return {}
        return {
            "foreign_currency_id": currency.id,
            "amount_currency": float(line.customer_amount.value),
        }

    def _descriptions(self, lines):
        """:return: dict of payment id to description, for refunds and chargebacks whose list
        does not show it but whose payment is in the journal."""
        ids = {line.payment_id for line in lines if line.payment_id and not line.description}
        if not ids:
            return {}
        groups = self.env["account.bank.statement.line"]._read_group(
            [
                ("mollie_payment_id", "in", list(ids)),
                ("mollie_description", "!=", False),
                ("company_id", "=", self.company_id.id),
            ],
            ["mollie_payment_id", "mollie_description"],
        )
        return dict(groups)

    def _partners(self, lines):
        """:return: dict of what Mollie's payment is known by to the customer, from payments that
        came with an order (its description) and from Odoo's own online payments (its id)."""
        names = {line.description for line in lines if line.description}
        found = {}
        if names:
            for payment in self.env["account.payment"].search(
                [("o2c_reference", "in", list(names)), ("company_id", "=", self.company_id.id)]
            ):
                found[payment.o2c_reference] = payment.partner_id.commercial_partner_id
        ids = {line.payment_id for line in lines if line.payment_id}
        if ids:
            for transaction in self.env["payment.transaction"].search(
                [
                    ("provider_reference", "in", list(ids)),
                    ("company_id", "=", self.company_id.id),
                ]
            ):
                found[transaction.provider_reference] = transaction.partner_id.commercial_partner_id
        return found

    def _booking_date(self, moment):
        """:return: the day in the company's time zone, moved out of locked periods."""
        company = self.company_id
        zone = company.partner_id.tz or "Europe/Amsterdam"
        day = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), moment or fields.Datetime.now()
        ).date()
        # An exception to the lock is somebody's own; the books of everybody are locked here.
        locked = company.with_context(ignore_exceptions=True)._get_user_fiscal_lock_date(self.journal_id)
        return max(day, locked + timedelta(days=1))
