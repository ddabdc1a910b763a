from odoo import models
from odoo.tools import email_normalize

ON_ORDERS = ("partner_id", "partner_invoice_id", "partner_shipping_id", "shopify_shipping_id")


class O2cShopifyShop(models.Model):
    """Whose data Shopify asks for, or asks to erase: https://shopify.dev/docs/apps/build/privacy-law-compliance"""

    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _on_customer_redact(self, body):
        """Forget a person, as far as the books allow."""
        partners = self._partners_of_person(body)
        self.env["o2c.shopify.customer"].search([("partner_id", "in", partners.ids)]).shopify_values = None
        kept = self._to_be_kept(partners)
        self._erase(partners - kept)
        key = f"redact-{(body.get('customer') or {}).get('id')}"
        if not partners:
            self.env["o2c.issue"]._report(
                self,
                "data",
                self.env._(
                    "Shopify asks to erase customer %(number)s, whom nobody here was recognised as "
                    "(orders: %(orders)s). Look whether these orders are in Odoo, remove what the law lets "
                    "you remove, and close this issue.",
                    number=(body.get("customer") or {}).get("id") or "?",
                    orders=", ".join(str(number) for number in self._orders_named(body)) or "-",
                ),
                key=key,
            )
        elif kept:
            # Invoices must be kept by law: a person decides what may go.
            self.env["o2c.issue"]._report(
                self,
                "data",
                self.env._(
                    "Shopify asks to erase the customer %s, who has invoices that must be kept, a user "
                    "account, or dealings with you besides the shop. Remove what the law lets you remove, "
                    "and close this issue.",
                    ", ".join(kept.mapped("display_name")),
                ),
                key=key,
            )

    def _to_be_kept(self, partners):
        """Those of these partners about whom a person must decide."""
        moves = self.env["account.move"]._read_group(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids)], ["commercial_partner_id"]
        )
        billed = partners.browse(partner.id for (partner,) in moves)
        of_shop = self._of_shop(partners | partners.parent_id)
        return partners.filtered(
            lambda partner: (
                partner.commercial_partner_id in billed
                or (partner | partner.child_ids).with_context(active_test=False).user_ids
                or not (partner | partner.parent_id) & of_shop
            )
        )

    def _of_shop(self, partners):
        """Those who have come with an order of a shop, or as its customers."""
        names = (*ON_ORDERS, "shopify_contact_id")
        orders = self.env["sale.order"].search(
            [("shopify_gid", "!=", False)]
            + ["|"] * (len(names) - 1)
            + [(name, "in", partners.ids) for name in names]
        )
        bindings = self.env["o2c.shopify.customer"].search([("partner_id", "in", partners.ids)])
        return bindings.partner_id.union(*(orders[name] for name in names))

    def _erase(self, partners):
        """Remove what tells who these people and their contacts are."""
        contacts = partners | partners.child_ids
        contacts.with_context(tracking_disable=True).write(
            {
                "name": self.env._("Erased customer"),
                "company_name": False,
                "email": False,
                "phone": False,
                "street": False,
                "street2": False,
                "zip": False,
                "city": False,
                "vat": False,
                "comment": False,
                "active": False,
            }
        )

    def _on_data_request(self, body):
        partners = self._partners_of_person(body)
        self.env["o2c.issue"]._report(
            self,
            "data",
            self.env._(
                "A customer asks through Shopify which data you keep (request %(request)s). Send "
                "what Odoo holds about %(names)s within 30 days, and close this issue.",
                request=(body.get("data_request") or {}).get("id") or "?",
                names=", ".join(partners.mapped("display_name")) or self.env._("a person unknown here"),
            ),
            key=f"data-request-{(body.get('data_request') or {}).get('id')}",
        )

    def _on_shop_redact(self, _body):
        self.env["o2c.issue"]._report(
            self,
            "data",
            self.env._(
                "Shopify asks to erase what was taken over from %s, 48 hours after the app was "
                "removed. Keep orders with invoices, remove the rest, and close this issue.",
                self.domain,
            ),
            key="shop-redact",
        )

    @staticmethod
    def _orders_named(body):
        return [*(body.get("orders_to_redact") or ()), *(body.get("orders_requested") or ())]

    def _partners_of_person(self, body):
        """Everybody in Odoo who is the person of a request: the customer with that number, who bought as a
        guest or for a company in the orders named, and who has the same e-mail address.

        A company is nobody's person, and neither is the guest that orders without a name are put on.
        """
        customer = body.get("customer") or {}
        bound = (
            self.env["o2c.shopify.customer"]
            .search(
                [
                    ("shop_id", "=", self.id),
                    ("gid", "=", f"gid://shopify/Customer/{customer.get('id')}"),
                ]
            )
            .partner_id
        )
        email = email_normalize(customer.get("email") or "")
        same = self.env["res.partner"]
        if email:
            same = same.search(
                [("email_normalized", "=", email), ("company_id", "in", (False, self.company_id.id))]
            )
        orders = self.env["sale.order"].search(
            [
                ("shopify_shop_id", "=", self.id),
                (
                    "shopify_gid",
                    "in",
                    [f"gid://shopify/Order/{number}" for number in self._orders_named(body)],
                ),
            ]
        )
        private = orders.filtered(lambda order: not order.partner_id.commercial_partner_id.is_company)
        named = orders.shopify_contact_id.union(*(private[name] for name in ON_ORDERS))
        return bound | (same | named).filtered(
            lambda partner: not partner.is_company and partner != self.guest_partner_id
        )
