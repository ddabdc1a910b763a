from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.transactions import PAID_KINDS


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # === Transactions === #

    def _shopify_store_transactions(self, parsed):
        """Keep every payment attempt, all orders at once; bring known ones up to date.

        :param parsed: order gid -> parsed order
        """
        known = {
            (record.sale_order_id.id, record.gid): record
            for record in self.env["o2c.shopify.transaction"].search([("sale_order_id", "in", self.ids)])
        }
        new = []
        for order in self:
            for transaction in parsed[order.shopify_gid].transactions:
                record = known.get((order.id, transaction.gid))
                values = order._shopify_transaction_values(transaction)
                if not record:
                    new.append(values)
                elif record.status != transaction.status:
                    record.write(values)
        self.env["o2c.shopify.transaction"].create(new)

    def _shopify_transaction_values(self, transaction):
        self.ensure_one()
        currency = self.shopify_shop_id._currency(transaction.currency)
        return {
            "sale_order_id": self.id,
            "gid": transaction.gid,
            "parent_gid": transaction.parent_gid or False,
            "kind": transaction.kind,
            "status": transaction.status,
            "error": transaction.error or False,
            "gateway": transaction.gateway,
            "amount": float(transaction.amount),
            "currency_id": currency.id,
            "processed_at": transaction.processed_at and transaction.processed_at.replace(tzinfo=None),
            "payment_reference": transaction.payment_id or False,
            "parent_reference": transaction.parent_payment_id or False,
            "is_test": transaction.test,
        }

    # === Invoices === #

    def _shopify_to_invoice(self, parsed):
        """Confirmed orders with something to invoice, by the policy of their shop.

        One that does not equal Shopify's waits until that is settled, or a person has decided.
        """
        return self.filtered(
            lambda order: (
                order.state == "sale"
                and order.invoice_status == "to invoice"
                and (order.shopify_verified or order.shopify_by_hand)
                and order._shopify_invoice_is_due(parsed[order.shopify_gid])
            )
        )

    def _shopify_invoice_is_due(self, order):
        self.ensure_one()
        if self.shopify_shop_id.invoice_policy != "payment":
            return True
        # On payment terms the invoice is what asks for the money.
        return bool(order.payment_terms) or order.is_paid

    def _shopify_check_paid(self, parsed):
        """Tell of orders that Shopify calls paid though the payments it shows do not come to that.

        Sales channels and converted payments do so; without the money there is no invoice by itself.
        """
        issues = self.env["o2c.issue"]
        short = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.invoice_status == "to invoice"
                and order.shopify_shop_id.invoice_policy == "payment"
                and order.shopify_financial_status == "PAID"
                and not order._shopify_invoice_is_due(parsed[order.shopify_gid])
            )
        )
        issues._clear(self - short, "payment", "short")
        for order in short:
            news = parsed[order.shopify_gid]
            issues._report(
                order,
                "payment",
                self.env._(
                    "Shopify calls order %(order)s paid, but the payments that it shows come to %(paid)s of "
                    "%(total)s. Find out where the rest was paid, then create the invoice here and "
                    "register the payment.",
                    order=order.shopify_name,
                    paid=order._shopify_shown(news.paid),
                    total=order._shopify_shown(news.charged_total),
                ),
                key="short",
                retry="_o2c_retry_shopify",
            )

    def _shopify_invoice_sent(self):
        """Invoice what was delivered, in the background, and set the money against it."""
        self.ensure_one()
        order = self.with_env(self.shopify_shop_id._as_odoobot().env)
        ready = order.shopify_verified or order.shopify_by_hand
        if order.state == "sale" and order.invoice_status == "to invoice" and ready:
            order._shopify_in_batch("_shopify_invoice", "invoice")
            order._shopify_to_pay()._shopify_in_batch("_shopify_register_payments", "payment")

    def _shopify_invoice(self):
        """One posted invoice for each order."""
        with self._o2c_notes_together() as orders:
            invoices = orders._create_invoices(grouped=True)
            invoices.filtered(lambda move: move.state == "draft").action_post()

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.shopify_gid:
            paid = self.shopify_transaction_ids.filtered(
                lambda record: record.status == "SUCCESS" and record.kind in PAID_KINDS
            )
            moments = [moment for moment in paid.mapped("processed_at") if moment]
            when = max(moments) if moments else self._shopify_owed_since()
            values["invoice_date"] = self.shopify_shop_id._local_date(when)
            values["ref"] = self.shopify_po_number or self.shopify_name or values.get("ref")
            values["invoice_origin"] = f"{self.name} {self.shopify_name or ''}".strip()
            if self.shopify_due_date and not self.payment_term_id:
                values["invoice_date_due"] = self.shopify_due_date
        return values

    def _shopify_owed_since(self):
        """When an invoice is due that nobody has paid yet: it follows the goods where it waits for them."""
        left = self._o2c_left_house().mapped("date_done")
        if self.shopify_shop_id.invoice_policy == "delivery" and any(left):
            return max(moment for moment in left if moment)
        return self.date_order

    # === Payments === #

    def _shopify_to_pay(self):
        """Orders with money to register.

        Usually it is set against a posted invoice. Where the invoice comes with the delivery, the money
        is booked when it is paid and waits for it. Where the order was cancelled or money was given back
        before there was an invoice, the one is set against the other.
        """
        return self.filtered(
            lambda order: (
                order._shopify_unregistered("in")
                and (
                    order._shopify_posted_invoices()
                    or (order.state == "sale" and order.shopify_shop_id.invoice_policy == "delivery")
                    or order.state == "cancel"
                    or order._shopify_unregistered("out")
                )
                or order._shopify_has_credit()
            )
        )

    def _shopify_has_credit(self):
        """An invoice is open, and there is money or a credit note of the order left to pay it with."""
        self.ensure_one()
        left = self.shopify_transaction_ids.payment_id.move_id | self._shopify_credit_notes()
        return any(self._shopify_posted_invoices().mapped("amount_residual")) and any(
            not line.reconciled for line in self._shopify_receivable(left)
        )

    def _shopify_credit_notes(self):
        return self.shopify_refund_ids.move_id.filtered(lambda move: move.state == "posted")

    @staticmethod
    def _shopify_receivable(moves):
        return moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _shopify_unregistered(self, direction):
        kinds = PAID_KINDS if direction == "in" else {"REFUND"}
        return self.shopify_transaction_ids.filtered(
            lambda record: (
                record.status == "SUCCESS"
                and record.kind in kinds
                and not record.payment_id
                and record.amount
            )
        )

    def _shopify_register_payments(self):
        """Register the money that came in and match it with the invoices, all in one go."""
        transactions = self._shopify_unregistered("in").sorted("id")
        payments = transactions._create_payments("inbound")
        plan = []
        for order in self:
            moves = order._shopify_posted_invoices() | order._shopify_credit_notes()
            moves |= order.shopify_transaction_ids.payment_id.move_id
            lines = self._shopify_receivable(moves).filtered(lambda line: not line.reconciled)
            plan += [
                part
                for part in lines.grouped(lambda line: (line.account_id, line.partner_id)).values()
                if len(part) > 1
            ]
        if plan:
            with self._o2c_notes_together() as orders:
                orders.env["account.move.line"]._reconcile_plan(plan)
        return payments


class O2cShopifyTransaction(models.Model):
    _inherit = "o2c.shopify.transaction"

    def _create_payments(self, payment_type):
        """Post one payment for each of these transactions and remember it.

        :param payment_type: ``inbound`` or ``outbound``
        :raises UserError: when a gateway has no journal.
        """
        if not self:
            return self.env["account.payment"]
        payments = self.env["account.payment"].create(
            [transaction._payment_values(payment_type) for transaction in self]
        )
        for transaction, payment in zip(self, payments, strict=True):
            transaction.payment_id = payment
        payments.action_post()
        return payments

    def _payment_values(self, payment_type):
        self.ensure_one()
        order = self.sale_order_id
        shop = order.shopify_shop_id
        journal = self._journal()
        method = journal._get_available_payment_method_lines(payment_type).filtered(
            lambda line: line.code == "manual"
        )[:1]
        partner = order.partner_invoice_id.commercial_partner_id
        date = shop._local_date(self.processed_at or fields.Datetime.now())
        outstanding = method.payment_account_id or self.env["account.payment"].new(
            {"company_id": shop.company_id.id, "journal_id": journal.id}
        )._get_outstanding_account(payment_type)
        return {
            "payment_type": payment_type,
            "partner_type": "customer",
            "partner_id": partner.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "outstanding_account_id": outstanding.id,
            "date": date,
            "memo": order.shopify_name,
            "o2c_reference": self.payment_reference,
            "o2c_parent_reference": payment_type == "outbound" and self.parent_reference,
            "write_off_line_vals": self._rounding_values(date),
        }

    def _rounding_values(self, date):
        """The line of a payment that makes up for what the till rounded it by, if any.

        It is booked where the line of an invoice or credit note about it would be.
        """
        if not self.rounding:
            return None
        shop = self.sale_order_id.shopify_shop_id.with_company(self.company_id)
        accounts = shop.fee_product_id.product_tmpl_id.get_product_accounts(
            fiscal_pos=self.sale_order_id.fiscal_position_id
        )
        return [
            {
                "name": self.env._("Cash rounding"),
                "account_id": accounts["income"].id,
                "partner_id": self.sale_order_id.partner_invoice_id.commercial_partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": self.rounding,
                "balance": self.currency_id._convert(
                    self.rounding, self.company_id.currency_id, self.company_id, date
                ),
            }
        ]

    def _journal(self):
        """The journal for this transaction's gateway.

        :raises UserError: when none was chosen.
        """
        gateway = self.env["o2c.shopify.gateway"]._find(
            self.sale_order_id.shopify_shop_id.gateway_ids, self.gateway
        )
        if not gateway.journal_id:
            raise UserError(
                self.env._(
                    "Order %(order)s was paid through “%(gateway)s”, for which no journal is "
                    "chosen. Add it to the payment gateways of the shop and retry.",
                    order=self.sale_order_id.shopify_name,
                    gateway=self.gateway or "?",
                )
            )
        return gateway.journal_id
