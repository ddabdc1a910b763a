import secrets
from datetime import timedelta
from types import SimpleNamespace

from odoo import Command, api, fields, models

FIRST_NUMBER = 1001
# One payment attempt in so many fails before the one that works.
FAILED_ONE_IN = 14


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"

    @api.model
    def _load_shopify(self):
        """The year's web orders came from a shop at Shopify; two more wait for a person."""
        with self._building("a year of a Shopify shop") as demo:
            if demo is not None:
                shop = demo._make_shop()
                orders = demo._sell_in_shop(shop)
                demo._keep_attempts(orders)
                demo._keep_refunds(orders)
                demo._tell_fulfilments(orders)
                demo._make_problems(shop, FIRST_NUMBER + len(orders))

    @api.model
    def _make_shop(self):
        company = self.env.company
        warehouse = self._warehouse()
        shop = self.env["o2c.shopify.shop"].create(
            {
                "name": "Garden Lane (Demonstration)",
                "domain": "garden-demo.myshopify.com",
                "state": "demo",
                # They open nothing; the settings show them masked, as they would yours.
                "client_id": "demonstration",
                "client_secret": secrets.token_hex(16),
                "plan": "Demonstration",
                "currency_id": company.currency_id.id,
                "country_id": company.country_id.id,
                "import_from": fields.Datetime.now() - timedelta(days=366),
                "warehouse_id": warehouse.id,
                "team_id": self.env.ref("o2c_base.demo_team_web").id,
                "push_fulfilments": False,
                "push_stock_levels": False,
                "location_ids": [
                    Command.create(
                        {
                            "name": "Shop location",
                            "gid": "gid://shopify/Location/9000001",
                            "warehouse_id": warehouse.id,
                        }
                    )
                ],
            }
        )
        tax = company.account_sale_tax_id
        if tax and company.country_id:
            shop.tax_ids = [
                Command.create({"country_id": company.country_id.id, "rate": tax.amount, "tax_id": tax.id})
            ]
        journals = self._web_payments(self._orders("web")).journal_id
        if journals:
            shop.gateway_ids = [
                Command.create({"name": "mollie", "match": "prefix", "journal_id": journals[:1].id})
            ]
        products = self._orders("web").order_line.product_id.filtered(lambda product: product.type == "consu")
        self.env["o2c.shopify.variant"].create(
            [
                {
                    "shop_id": shop.id,
                    "product_id": product.id,
                    "gid": f"gid://shopify/ProductVariant/91{product.id:06}",
                    "product_gid": f"gid://shopify/Product/92{product.id:06}",
                    "inventory_gid": f"gid://shopify/InventoryItem/93{product.id:06}",
                    "title": product.name,
                    "sku": product.default_code,
                    "tracked": True,
                }
                for product in products
            ]
        )
        return shop

    @api.model
    def _web_payments(self, orders):
        payments = orders.invoice_ids.reconciled_payment_ids | orders.invoice_ids.matched_payment_ids
        return payments.filtered(lambda payment: payment.payment_type == "inbound")

    @api.model
    def _sell_in_shop(self, shop):
        orders = self._orders("web")
        for number, order in enumerate(orders, start=FIRST_NUMBER):
            cancelled = order.state == "cancel"
            gone = any(picking.state == "done" for picking in order.picking_ids)
            paid = "REFUNDED" if self._credit_notes(order) else "PAID"
            order.write(
                {
                    "shopify_shop_id": shop.id,
                    "shopify_gid": f"gid://shopify/Order/90{number:06}",
                    "shopify_name": f"#{number}",
                    "client_order_ref": f"#{number}",
                    "shopify_updated_at": order.date_order,
                    "shopify_financial_status": "VOIDED" if cancelled else paid,
                    "shopify_fulfillment_status": "FULFILLED" if gone else "UNFULFILLED",
                    "shopify_total": order.amount_total,
                    "shopify_tax": order.amount_tax,
                    "shopify_verified": True,
                }
            )
        return orders

    @api.model
    def _credit_notes(self, orders):
        return orders.invoice_ids.filtered(lambda move: move.move_type == "out_refund")

    @api.model
    def _keep_refunds(self, orders):
        self.env["o2c.shopify.refund"].create(
            [
                {
                    "sale_order_id": order.id,
                    "gid": f"gid://shopify/Refund/96{move.id:06}",
                    "created_at": fields.Datetime.to_datetime(move.invoice_date) + timedelta(hours=9),
                    "note": "The customer did not like it",
                    "amount": move.amount_total,
                    "move_id": move.id,
                }
                for order in orders
                for move in self._credit_notes(order)
            ]
        )

    @api.model
    def _keep_attempts(self, orders):
        random = self._random("shopify")
        values = []
        for order in orders.filtered("invoice_ids"):
            payment = self._web_payments(order)[:1]
            statuses = ["FAILURE"] if not random.randrange(FAILED_ONE_IN) else []
            for place, status in enumerate([*statuses, "SUCCESS"]):
                paid = status == "SUCCESS"
                values.append(
                    {
                        "sale_order_id": order.id,
                        "gid": f"gid://shopify/OrderTransaction/94{order.id:06}{place}",
                        "kind": "SALE",
                        "status": status,
                        "error": not paid and "The customer's bank declined the payment",
                        "gateway": f"mollie - {self._paid_by(order.partner_id.country_id, order.name)}",
                        "amount": order.amount_total,
                        "currency_id": order.currency_id.id,
                        "processed_at": order.date_order + timedelta(minutes=place),
                        "payment_reference": payment.o2c_reference if paid else False,
                        "payment_id": payment.id if paid else False,
                    }
                )
        self.env["o2c.shopify.transaction"].create(values)

    @api.model
    def _tell_fulfilments(self, orders):
        self.env["o2c.shopify.fulfillment"].create(
            [
                {
                    "picking_id": picking.id,
                    "sale_order_id": picking.sale_id.id,
                    "gids": f"gid://shopify/Fulfillment/95{picking.id:06}",
                    "state": "done",
                    "intended_at": picking.date_done,
                    "sent_at": picking.date_done,
                }
                for picking in orders.picking_ids.filtered(lambda picking: picking.state == "done")
            ]
        )

    @api.model
    def _make_problems(self, shop, number):
        """One order with a product that Odoo does not know, and one that Shopify finds risky."""
        random = self._random("problems")
        templates = self._orders("web").filtered(lambda order: order.state == "sale")[-2:]
        issues = self.env["o2c.issue"]
        for place, template in enumerate(templates):
            name = f"#{number + place}"
            order = template.copy(
                {
                    "date_order": self._moment(1 + place, random.randint(8, 18)),
                    "shopify_shop_id": shop.id,
                    "shopify_gid": f"gid://shopify/Order/90{number + place:06}",
                    "shopify_name": name,
                    "client_order_ref": name,
                    "shopify_financial_status": "PAID",
                    "shopify_risk": "CANCEL" if place else "ACCEPT",
                }
            )
            if place:
                order._shopify_report_risk(SimpleNamespace(name=name))
            else:
                unknown = SimpleNamespace(
                    kind="product",
                    title="Bamboo Trellis, 120 cm",
                    sku="DEMO-TRELLIS",
                    variant_gid="gid://shopify/ProductVariant/91999999",
                )
                issues._report(
                    order,
                    "product",
                    shop._unknown_product(unknown),
                    key=unknown.variant_gid,
                    retry="_o2c_retry_shopify",
                )
            self._backdate_issues(order, order.date_order)
