from odoo import Command, fields
from odoo.tests.common import TransactionCase


class RoadCase(TransactionCase):
    """Orders, and what people do with them until their money is in the bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Anna Bakker"})
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Watering Can",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "list_price": 20.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Garden Advice",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 50.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.env["stock.quant"]._update_available_quantity(cls.goods, cls.warehouse.lot_stock_id, 1000)
        cls.bank = cls.env["account.journal"].create({"name": "Mollie EUR", "type": "bank", "code": "MOLT"})
        delivery = cls.env["product.product"].create(
            {"name": "Delivery", "type": "service", "taxes_id": [Command.clear()]}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Parcel Service", "delivery_type": "fixed", "product_id": delivery.id}
        )

    # === Doing what users do === #

    def make_orders(self, count=1, product=None, quantity=2, carrier=None, confirm=True):
        product = product or self.goods
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partner.id,
                    "carrier_id": carrier and carrier.id,
                    "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
                }
                for _ in range(count)
            ]
        )
        if confirm:
            orders.action_confirm()
        return orders

    def invoice(self, orders):
        invoices = orders._create_invoices(grouped=True)
        invoices.action_post()
        return invoices

    def ship(self, orders, quantity=None):
        return self.validate(
            orders.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")),
            quantity,
        )

    def validate(self, pickings, quantity=None):
        pickings.action_assign()
        for move in pickings.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        pickings.with_context(skip_backorder=bool(quantity)).button_validate()
        return pickings

    def pay(self, invoices):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        return wizard.create({"journal_id": self.bank.id, "group_payment": False})._create_payments()

    def settle(self, payments, day=None):
        """Match the payments with lines of a bank statement of ``day`` (today)."""
        sign = {"inbound": 1, "outbound": -1}
        lines = self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": self.bank.id,
                    "date": day or fields.Date.today(),
                    "payment_ref": payment.name,
                    "amount": sign[payment.payment_type] * payment.amount,
                }
                for payment in payments
            ]
        )
        for line, payment in zip(lines, payments, strict=True):
            outstanding = payment._seek_for_lines()[0]
            _liquidity, suspense, _other = line._seek_for_lines()
            suspense.with_context(
                skip_account_move_synchronization=True,
                skip_readonly_check=True,
                skip_invoice_sync=True,
                check_move_validity=False,
            ).account_id = outstanding.account_id
            (suspense | outstanding).reconcile()
        return lines

    def reporting_carrier(self):
        self.patch(
            self.registry["delivery.carrier"],
            "_o2c_reports_delivery",
            lambda carrier: carrier == self.carrier,
        )
        return self.carrier
