import secrets
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..lib.objects import parse_settlement
from . import returns, settlements

# Money of this many days waits for its settlement.
NOT_SETTLED = 2


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"

    @api.model
    def _load_mollie(self):
        """The web shop's payments, what went back, their settlements by the real import (one does not
        add up), and Mollie's bills."""
        with self._building("a year of payments") as demo:
            if demo is not None:
                account = demo._make_mollie_account()
                payments = demo._pay_by_mollie(account.balance_ids)
                going_back = [*demo._give_back(account, payments), *demo._take_back(payments)]
                demo._settle(account, payments, going_back)
                demo._bill(account)

    @api.model
    def _make_mollie_account(self):
        account = self.env["o2c.mollie.account"].create(
            {
                "name": "Mollie (Demonstration)",
                "organization": "Garden Lane (Demonstration)",
                "state": "demo",
                # It opens nothing; the settings show it masked, as they would yours.
                "access_token": f"access_{secrets.token_hex(16)}",
                "start_date": fields.Date.today() - timedelta(days=366),
            }
        )
        balance = self.env["o2c.mollie.balance"].create(
            {
                "account_id": account.id,
                "mollie_id": "bal_demonstration",
                "currency_id": self.env.company.currency_id.id,
            }
        )
        balance._create_journals()
        return account

    @api.model
    def _pay_by_mollie(self, balance):
        """Each web order is paid when it is placed; returns the payments, oldest first."""
        journal = balance.journal_id
        method = journal.inbound_payment_method_line_ids.filtered(lambda line: line.code == "manual")[:1]
        orders = self._orders("web").filtered(lambda order: order.invoice_ids)
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": order.partner_invoice_id.commercial_partner_id.id,
                    "amount": sum(order.invoice_ids.mapped("amount_total")),
                    "currency_id": order.currency_id.id,
                    "journal_id": journal.id,
                    "payment_method_line_id": method.id,
                    "date": order.date_order.date(),
                    "memo": order.name,
                    "o2c_reference": f"rDemo{order.id:06}",
                }
                for order in orders
            ]
        )
        payments.action_post()
        lines = (payments.move_id | orders.invoice_ids).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        plan = []
        for order, payment in zip(orders, payments, strict=True):
            plan.append(
                lines.filtered(lambda line, pair=payment.move_id | order.invoice_ids: line.move_id in pair)
            )
        self.env["account.move.line"]._reconcile_plan(plan)
        return payments

    @api.model
    def _settle(self, account, payments, going_back):
        """Monthly settlements, weekly ones of late; the youngest is not paid out yet, and one is wrong."""
        answers, remotes = settlements.Answers(), []
        today = fields.Date.today()
        periods = [*range(365, 62, -30), *range(59, NOT_SETTLED, -7), NOT_SETTLED]
        for number, (oldest, youngest) in enumerate(zip(periods, periods[1:], strict=False), start=1):
            first, last = today - timedelta(days=oldest), today - timedelta(days=youngest)
            raws = [self._raw_payment(payment) for payment in payments if first <= payment.date < last]
            raws += [raw for day, raw in going_back if first <= day < last]
            if not raws:
                continue
            left = len(periods) - 1 - number
            raw = settlements.settlement(
                number,
                raws,
                self._moment(youngest, 3),
                self._moment(youngest - 1, 6) if left else None,
                account.balance_ids.currency_id.name,
                lacking=Decimal("12.50") if left == 2 else Decimal(0),
            )
            answers.keep(raw["id"], raws)
            remotes.append(parse_settlement(raw))
        known = {balance.mollie_id: balance for balance in account.balance_ids}
        remotes.reverse()
        for settlement in self.env["o2c.mollie.settlement"]._take_over(account, remotes, known):
            settlement._import(answers)
            self._backdate_issues(settlement, settlement.created_at + timedelta(hours=1))
        # The settlement after it told of it.
        self._backdate_issues(payments.reconciled_invoice_ids, self._moment(returns.TAKEN_BACK_ON - 3, 4))
        waiting = today - timedelta(days=NOT_SETTLED)
        account.balance_ids.available = sum(
            payment.amount for payment in payments if payment.date >= waiting
        ) - sum(float(raw["amount"]["value"]) for day, raw in going_back if day >= waiting)

    @api.model
    def _raw_payment(self, payment):
        return settlements.payment(
            payment.id,
            payment.o2c_reference,
            payment.amount,
            self._paid_by(payment.partner_id.country_id, payment.memo),
            payment.partner_id.name,
            fields.Datetime.to_datetime(payment.date) + timedelta(hours=12),
            payment.currency_id.name,
        )
