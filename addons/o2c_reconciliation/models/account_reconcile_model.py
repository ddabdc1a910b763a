import re
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.matching import Rule

STRATEGIES = [
    ("platform_payment", "Payment platform: payment"),
    ("platform_refund", "Payment platform: refund"),
    ("platform_chargeback", "Payment platform: chargeback"),
    ("platform_fee", "Payment platform: fee"),
    ("payout_deposit", "Payout and bank deposit"),
    ("structured_reference", "Structured reference"),
    ("document_reference", "Document reference"),
    ("partner_amount", "Partner and exact amount"),
    ("counterpart", "Counterpart accounts"),
]


class AccountReconcileModel(models.Model):
    _inherit = "account.reconcile.model"

    o2c_matching = fields.Selection(
        STRATEGIES,
        string="Matching",
        tracking=True,
        help="How Order to Cash finds the counterpart of a bank line. The models run in the order of their "
        "sequence, on the lines that satisfy their conditions. An automated model posts what it is sure of, "
        "a manual one proposes it.\n"
        "- Payment platform: by the platform's own ids\n"
        "- Payout and bank deposit: by settlement reference, or exact amount and date\n"
        "- Structured reference: RF, Belgian and Swiss references with right check digits\n"
        "- Document reference: numbers of documents in the label, with the amount fully explained\n"
        "- Partner and exact amount: the only open items with this sum\n"
        "- Counterpart accounts: books the line on the accounts of this model",
    )
    o2c_days = fields.Integer(
        string="Days",
        default=7,
        help="Payout and bank deposit: how many days after the payout its deposit may arrive "
        "when it does not mention the settlement.",
    )
    o2c_match_count = fields.Integer(compute="_compute_o2c_match_count", string="Matches")

    @api.constrains("o2c_matching", "trigger", "match_label", "match_amount", "match_partner_ids")
    def _check_o2c_matching(self):
        for model in self.filtered(lambda model: model.o2c_matching == "counterpart"):
            if model.trigger == "auto_reconcile" and not (
                model.match_label or model.match_amount or model.match_partner_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%s would book every line on its accounts. Give it a condition on label, amount or "
                        "partner, or set it to manual.",
                        model.name,
                    )
                )

    @api.depends("o2c_matching", "trigger", "match_label", "match_amount", "match_partner_ids")
    def _compute_can_be_proposed(self):
        """Override of `account`: what finds open items is nothing to book a line with.

        Whoever else applies reconciliation models (Enterprise, account_reconcile_oca) would apply an
        automatic one without conditions, such as ours, to every bank line.
        """
        result = super()._compute_can_be_proposed()
        finding = self.filtered(lambda model: model.o2c_matching not in (False, "counterpart"))
        finding.can_be_proposed = False
        return result

    def _compute_o2c_match_count(self):
        groups = self.env["o2c.match"]._read_group(
            [("model_id", "in", self.ids), ("state", "=", "applied")], ["model_id"], ["__count"]
        )
        counts = {model.id: count for model, count in groups}
        for model in self:
            model.o2c_match_count = counts.get(model.id, 0)

    def action_open_o2c_matches(self):
        """Open what this model has matched."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_reconciliation.o2c_match_action")
        action["domain"] = [("model_id", "=", self.id)]
        action["context"] = {}
        return action

    def _o2c_rules(self):
        """These models as rules of the matching library, in their order."""
        return [model._o2c_rule() for model in self if model.o2c_matching]

    def _o2c_rule(self):
        self.ensure_one()
        lowest = highest = None
        if self.match_amount in ("greater", "between"):
            lowest = Decimal(str(self.match_amount_min))
        if self.match_amount in ("lower", "between"):
            highest = Decimal(str(self.match_amount_max))
        return Rule(
            id=self.id,
            strategy=self.o2c_matching,
            name=self.name,
            posts=self.trigger == "auto_reconcile",
            journals=frozenset(self.match_journal_ids.ids),
            partners=frozenset(self.match_partner_ids.ids),
            amount_min=lowest,
            amount_max=highest,
            label_test=self.match_label or "",
            label=self.match_label_param or "",
            days=self.o2c_days,
            counterpart=bool(self.line_ids.account_id),
        )

    def _o2c_counterparts(self, line, suspense, amount, accounts):
        """The journal items on which this model books a bank line, or what is left of it.

        :param suspense: the journal item of ``line`` that is to be replaced
        :param amount: what is to be booked: debit positive, in the currency of ``suspense``
        :param accounts: of what else the line pays
        :return: values of journal items; ``amount_currency`` is in the currency of ``suspense``
        """
        self.ensure_one()
        pieces = []
        left = amount
        currency = suspense.currency_id
        accounts |= self.line_ids.account_id | (line.move_id.line_ids - suspense).account_id
        # A tax that is due on payment: Odoo moves it from its transition account when a receivable or payable
        # of the entry is reconciled. Where there is none, it is due at once.
        due = not any(
            account.account_type in ("asset_receivable", "liability_payable") for account in accounts
        )
        for row in self.line_ids.filtered("account_id"):
            amount = row._o2c_amount(line, suspense, left)
            if currency.is_zero(amount):
                continue
            left = currency.round(left - amount)
            pieces += row._o2c_pieces(line, suspense, currency.round(amount), due)
        if not pieces:
            raise UserError(self.env._("The model %s has no account to book on.", self.name))
        for piece in pieces:
            piece["reconcile_model_id"] = self.id
        return pieces


class AccountReconcileModelLine(models.Model):
    _inherit = "account.reconcile.model.line"

    def _o2c_amount(self, line, suspense, left):
        """What this row books: debit positive, in the currency of the suspense line."""
        self.ensure_one()
        if self.amount_type == "percentage":
            return left * self.amount / 100
        if self.amount_type == "percentage_st_line":
            return suspense.amount_currency * self.amount / 100
        if self.amount_type == "fixed":
            return -self.amount
        found = re.search(self.amount_string, line.payment_ref or "")
        if not found:
            return 0.0
        digits = found.group(1) if found.groups() else found.group()
        try:
            value = float(re.sub(r"[^0-9.]", "", (digits or "").replace(",", ".")) or 0)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(text)s” is no amount. Correct the regular expression of %(model)s, so that it finds "
                    "digits with one decimal sign.",
                    text=digits,
                    model=self.model_id.name,
                )
            ) from error
        return value if suspense.amount_currency > 0 else -value

    def _o2c_pieces(self, line, suspense, amount, due):
        """A base row and its taxes; the amount of the row includes the taxes, as on a bank line.

        :param due: taxes that are due on payment are due at once
        """
        self.ensure_one()
        base = {
            "name": self.label or line.payment_ref,
            "account_id": self.account_id.id,
            "partner_id": (self.partner_id or suspense.partner_id).id,
            "amount_currency": amount,
            "analytic_distribution": self.analytic_distribution,
        }
        if not self.tax_ids:
            return [base]
        taxes = self.tax_ids.with_context(force_price_include=True).compute_all(
            amount,
            currency=suspense.currency_id,
            partner=line.partner_id,
            handle_price_include=True,
            include_caba_tags=due,
        )
        base.update(
            amount_currency=taxes["total_excluded"],
            tax_ids=[Command.set(self.tax_ids.ids)],
            tax_tag_ids=[Command.set(taxes["base_tags"])],
        )
        return [
            base,
            *[
                {
                    "name": tax["name"],
                    "account_id": tax["account_id"] or self.account_id.id,
                    "partner_id": base["partner_id"],
                    "amount_currency": tax["amount"],
                    "tax_repartition_line_id": tax["tax_repartition_line_id"],
                    "tax_tag_ids": [Command.set(tax["tag_ids"])],
                    "tax_base_amount": abs(tax["base"]),
                }
                for tax in taxes["taxes"]
            ],
        ]
