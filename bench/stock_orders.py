"""The same orders in stock Odoo, by its own calls for many records: what ours are measured against."""

from dataclasses import dataclass

from . import purchases
from .shopify_shop import stock_up

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "no_vat_validation": True}


@dataclass(frozen=True)
class StockShop:
    """Stock Odoo with the articles, a tax that is included in prices, and a journal for the money."""

    env: object
    products: dict
    tax: object
    journal: object


def prepare(env) -> StockShop:
    default = env.company.account_sale_tax_id
    tax = default.copy({"name": "21% included", "price_include_override": "tax_included"})
    products = env["product.product"].create(
        [
            {
                "name": sku,
                "default_code": sku,
                "type": "consu",
                "is_storable": True,
                "weight": 0.5,
                "list_price": float(unit),
                "taxes_id": [(6, 0, tax.ids)],
                "invoice_policy": "order",
            }
            for sku, unit, _rate in purchases.GOODS
        ]
    )
    stock_up(env, products)
    journal = env["account.journal"].create({"name": "Mollie EUR", "code": "MOLB", "type": "bank"})
    return StockShop(env, {product.default_code: product for product in products}, tax, journal)


def take(shop: StockShop, bought: list[purchases.Purchase]):
    """Customers, orders, confirmation, invoices, payments, each by one call for all. Returns the orders."""
    env = shop.env(context=dict(shop.env.context, **QUIET))
    partners = env["res.partner"].create([_partner_values(env, purchase) for purchase in bought])
    orders = env["sale.order"].create(
        [_order_values(shop, purchase, partner) for purchase, partner in zip(bought, partners, strict=True)]
    )
    orders.with_context(send_email=False).action_confirm()
    invoices = orders._create_invoices(grouped=True)
    invoices.action_post()
    payments = env["account.payment"].create([_payment_values(shop, invoice) for invoice in invoices])
    payments.action_post()
    both = invoices.line_ids | payments.move_id.line_ids
    receivable = both.filtered(lambda line: line.account_id.account_type == "asset_receivable")
    env["account.move.line"]._reconcile_plan(list(receivable.grouped("partner_id").values()))
    return orders


def _partner_values(env, purchase):
    return {
        "name": " ".join(purchase.name),
        "email": purchase.email,
        "street": purchase.street,
        "zip": "3511 AA",
        "city": "Utrecht",
        "country_id": env.ref("base.nl").id,
        "phone": "+31301234567",
    }


def _order_values(shop, purchase, partner):
    return {
        "partner_id": partner.id,
        "client_order_ref": f"#{purchase.number}",
        "order_line": [
            (
                0,
                0,
                {
                    "product_id": shop.products[line.sku].id,
                    "product_uom_qty": line.quantity,
                    "price_unit": float(line.unit),
                    "tax_ids": [(6, 0, shop.tax.ids)],
                },
            )
            for line in purchase.lines
        ],
    }


def _payment_values(shop, invoice):
    method = shop.journal.inbound_payment_method_line_ids[:1]
    return {
        "payment_type": "inbound",
        "partner_type": "customer",
        "partner_id": invoice.commercial_partner_id.id,
        "amount": invoice.amount_total,
        "journal_id": shop.journal.id,
        "payment_method_line_id": method.id,
        "memo": invoice.ref,
    }
