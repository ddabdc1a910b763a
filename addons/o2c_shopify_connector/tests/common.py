"""A connected shop without a network: orders are given as Shopify would answer them."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests.common import TransactionCase

from odoo.addons.o2c_base.tests.common import JobsMixin

from ..models import shop_orders


class ShopCase(JobsMixin, TransactionCase):
    """A shop with Dutch taxes, a Mollie journal and articles SKU-1 to SKU-9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.nl = cls.env.ref("base.nl")
        cls.tax_21 = cls._tax(21.0)
        cls.tax_9 = cls._tax(9.0)
        cls.journal = cls.env["account.journal"].create(
            {"name": "Mollie EUR", "code": "MOLT", "type": "bank"}
        )
        cls.shop = cls.env["o2c.shopify.shop"].create(
            {
                "name": "Garden Lane",
                "domain": "garden-lane.myshopify.com",
                "auth_method": "token",
                "access_token": "shpat_test",
                "client_secret": "shpss_test",
                "import_from": "2026-01-01 00:00:00",
                "push_stock_levels": False,
                "tax_ids": [
                    Command.create(
                        {
                            "country_id": cls.nl.id,
                            "rate": tax.amount,
                            "included": included,
                            "tax_id": tax.id,
                        }
                    )
                    for tax in (cls.tax_21, cls.tax_9)
                    for included in (True, False)
                ],
                "gateway_ids": [
                    Command.create({"name": "mollie", "match": "prefix", "journal_id": cls.journal.id})
                ],
            }
        )
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Article {number}",
                    "default_code": f"SKU-{number}",
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 10.0,
                }
                for number in range(1, 10)
            ]
        )
        warehouse = cls.shop._warehouse()
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1000)

    @classmethod
    def _tax(cls, amount):
        return cls.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", amount),
                ("company_id", "=", cls.company.id),
                ("is_domestic", "=", True),
            ],
            limit=1,
        )

    @contextmanager
    def answers(self, *nodes, denied=()):
        """Shopify knows these orders and no others."""
        known = {node["id"]: node for node in nodes}

        def fetch(_client, gids, **_options):
            return {gid: known[gid] for gid in gids if gid in known}, set(denied)

        with patch.object(shop_orders, "fetch_orders", fetch):
            yield

    def take(self, *nodes, force=False):
        """Import these orders and return them in the given order."""
        with self.answers(*nodes):
            self.shop._import_orders([node["id"] for node in nodes], force=force)
        orders = self.env["sale.order"].search([("shopify_shop_id", "=", self.shop.id)])
        by_gid = {order.shopify_gid: order for order in orders}
        result = self.env["sale.order"]
        for node in nodes:
            result |= by_gid.get(node["id"], result)
        return result

    def issues(self, record):
        """The open issues of a record."""
        return self.env["o2c.issue"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "=", "open")]
        )

    def assertAmounts(self, record, total, tax):
        """Untaxed, tax and total of an order or invoice, to the cent."""
        self.assertEqual(
            (
                f"{record.amount_untaxed:.2f}",
                f"{record.amount_tax:.2f}",
                f"{record.amount_total:.2f}",
            ),
            (f"{float(total) - float(tax):.2f}", f"{float(tax):.2f}", f"{float(total):.2f}"),
        )

    def assertPaid(self, order, total, tax):
        """Confirmed, invoiced and paid, all to the cent, and nothing to complain about."""
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.state, "sale")
        self.assertAmounts(order, total, tax)
        invoice = order.invoice_ids
        self.assertEqual((len(invoice), invoice.state), (1, "posted"))
        self.assertAmounts(invoice, total, tax)
        self.assertEqual(invoice.amount_residual, 0)
        return invoice
