from odoo import models
from odoo.fields import Command

from ..lib import documents
from ..lib.vat_rates import RATES

GIFT_CARD_CODE = "O2CGC"


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def action_propose_mappings(self):
        """Propose locations, payment gateways and taxes; what was chosen before stays."""
        self.ensure_one()
        self.check_access("write")
        # Whoever may configure the shop may do this without seeing its keys.
        shop = self.sudo()
        with self.env["o2c.issue"]._guard(
            shop, "connection", key="mappings", retry="action_propose_mappings"
        ) as outcome:
            client = shop._client()
            shop._propose_locations(client)
            countries = shop._propose_countries(client)
            shop._propose_gateways()
            shop._propose_taxes(countries)
        if not outcome.ok:
            return self._notification(outcome.issue.message, "danger")
        return self._notification(
            self.env._(
                "%(locations)s locations, %(gateways)s payment gateways and %(taxes)s taxes are "
                "set up. Have a look at them before the first order arrives.",
                locations=len(shop.location_ids),
                gateways=len(shop.gateway_ids),
                taxes=len(shop.tax_ids),
            ),
            "success",
        )

    # === Locations === #

    def _propose_locations(self, client):
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)])
        known = {location.gid: location for location in self.with_context(active_test=False).location_ids}
        by_name = {warehouse.name.strip().casefold(): warehouse for warehouse in warehouses}
        nodes = [
            node
            for node in client.pages(documents.LOCATIONS, {"after": None}, ("locations",))
            if node["isActive"]
        ]
        # The shop's first location is the one it started with, and mostly its warehouse.
        nodes.sort(key=lambda node: int(node["id"].rsplit("/", 1)[-1]))
        taken = self.location_ids.warehouse_id
        new = []
        for node in nodes:
            if node["id"] in known:
                known[node["id"]].name = node["name"]
                continue
            warehouse = by_name.get(node["name"].strip().casefold())
            if not warehouse and node["fulfillsOnlineOrders"]:
                # Two locations must never both offer the stock of one warehouse.
                own = self.warehouse_id or warehouses[:1]
                warehouse = own - taken
            if warehouse:
                taken |= warehouse
            new.append(
                {
                    "shop_id": self.id,
                    "gid": node["id"],
                    "name": node["name"],
                    "warehouse_id": warehouse and warehouse.id,
                }
            )
        self.env["o2c.shopify.location"].create(new)

    # === Gateways === #

    def _propose_gateways(self):
        """Mollie's methods by their common beginning; gift cards as the liability they are."""
        names = {gateway.name.strip().casefold() for gateway in self.gateway_ids}
        new = []
        if "mollie" not in names:
            new.append(
                {
                    "shop_id": self.id,
                    "name": "mollie",
                    "match": "prefix",
                    "journal_id": self._mollie_journal().id,
                }
            )
        if "gift_card" not in names:
            new.append(
                {
                    "shop_id": self.id,
                    "name": "gift_card",
                    "match": "exact",
                    "journal_id": self._gift_card_journal().id,
                }
            )
        till = self.env["account.journal"].search(
            [
                ("type", "=", "cash"),
                ("company_id", "=", self.company_id.id),
                ("code", "!=", GIFT_CARD_CODE),
            ],
            limit=1,
        )
        if till and "cash" not in names:
            new.append({"shop_id": self.id, "name": "cash", "journal_id": till.id})
        self.env["o2c.shopify.gateway"].create(new)
        for gateway in self.gateway_ids:
            if gateway.name.casefold() == "mollie" and not gateway.journal_id:
                gateway.journal_id = self._mollie_journal()

    def _mollie_journal(self):
        """The bank journal that is named after Mollie, in the shop's currency where possible."""
        journals = self.env["account.journal"].search(
            [
                ("type", "=", "bank"),
                ("company_id", "=", self.company_id.id),
                ("name", "ilike", "mollie"),
            ]
        )
        currency = self.currency_id or self.company_id.currency_id
        fitting = journals.filtered(
            lambda journal: (journal.currency_id or journal.company_id.currency_id) == currency
        )
        return fitting[:1]

    def _gift_card_journal(self):
        """Where gift cards are taken in payment: that reduces what is owed to their holders."""
        journals = self.env["account.journal"]
        company = self.company_id
        journal = journals.search([("code", "=", GIFT_CARD_CODE), ("company_id", "=", company.id)], limit=1)
        if journal:
            return journal
        account = self._gift_card_account()
        journal = journals.create(
            {
                "name": self.env._("Gift Cards"),
                "code": GIFT_CARD_CODE,
                "type": "cash",
                "company_id": company.id,
                "default_account_id": account.id,
            }
        )
        journal.inbound_payment_method_line_ids.payment_account_id = account
        journal.outbound_payment_method_line_ids.payment_account_id = account
        return journal

    def _gift_card_account(self):
        """What the company owes to holders of gift cards: the account of the gift card product."""
        product = self.gift_card_product_id.with_company(self.company_id)
        account = product.property_account_income_id
        if account:
            return account
        accounts = self.env["account.account"].with_company(self.company_id)
        account = accounts.create(
            {
                "name": self.env._("Gift Cards Outstanding"),
                "code": accounts._search_new_account_code("2190"),
                "account_type": "liability_current",
                "company_ids": self.company_id.ids,
            }
        )
        product.property_account_income_id = account
        return account

    # === Taxes === #

    def _propose_countries(self, client):
        """The countries the shop sends to, the company's own among them."""
        shop = client.execute(documents.SHOP).data.get("shop") or {}
        zones = shop.get("countriesInShippingZones") or {}
        codes = set(zones.get("countryCodes") or ())
        own = (shop.get("shopAddress") or {}).get("countryCodeV2")
        if own:
            codes.add(own)
        home = self.company_id.account_fiscal_country_id
        return self.env["res.country"].search([("code", "in", list(codes))]) | home

    def _propose_taxes(self, countries):
        """For every country and rate that Odoo knows, the tax to book Shopify's amounts on.

        Shopify's rates are not asked: they change with thresholds and registrations, and a rate
        that Odoo does not know must come up as an issue rather than be invented.
        """
        known = {(tax.country_id.id, round(tax.rate, 4), tax.included) for tax in self.tax_ids}
        home = self.company_id.account_fiscal_country_id
        new = []
        for country in countries:
            taxes = self._home_taxes() if country == home else self._taxes_abroad(country)
            for included in (True, False):
                for rate, tax in self._best_by_rate(taxes, included).items():
                    if (country.id, rate, included) not in known:
                        new.append(
                            {
                                "shop_id": self.id,
                                "country_id": country.id,
                                "rate": rate,
                                "included": included,
                                "tax_id": tax.id,
                                "proposed": True,
                            }
                        )
        self.env["o2c.shopify.tax"].create(new)

    def _sale_taxes(self):
        return self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(self.company_id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", ">", 0),
            ]
        )

    def _home_taxes(self):
        return self._sale_taxes().filtered("is_domestic")

    def _taxes_abroad(self, country):
        """Taxes of the fiscal position for private customers of a country, such as OSS.

        Odoo prepares one for each rate at home; a country may have more rates than home has.
        """
        position = self.env["account.fiscal.position"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("country_id", "=", country.id),
                ("vat_required", "=", False),
            ],
            order="auto_apply desc, sequence",
            limit=1,
        )
        taxes = self._sale_taxes() & position.tax_ids
        if not taxes:
            return taxes
        known = {round(tax.amount, 4) for tax in taxes}
        standard = taxes.sorted("amount")[-1]
        for rate in RATES.get(country.code, ()):
            if round(float(rate), 4) not in known:
                taxes |= self._add_rate_abroad(standard, position, country, float(rate))
        return taxes

    def _add_rate_abroad(self, standard, position, country, rate):
        """A further rate of a country, booked as its standard rate is."""
        name = f"{rate:g}% {country.code} {country.vat_label or ''}".strip()
        taxes = self.env["account.tax"].search(
            [
                ("name", "=", name),
                ("type_tax_use", "=", "sale"),
                ("company_id", "=", standard.company_id.id),
            ],
            limit=1,
        )
        if taxes:
            return taxes
        groups = self.env["account.tax.group"].search(
            [
                ("name", "in", (f"OSS {rate}%", f"OSS {rate:g}%")),
                ("company_id", "=", standard.company_id.id),
            ],
            limit=1,
        )
        return standard.copy(
            {
                "name": name,
                "amount": rate,
                "description": f"{rate:g}%",
                "invoice_label": f"{rate:g}%",
                "tax_group_id": (groups or standard.tax_group_id.copy({"name": f"OSS {rate:g}%"})).id,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.clear()],
            }
        )

    def _best_by_rate(self, taxes, included):
        """rate -> tax; the company's default first, then taxes on goods, then by sequence."""
        default = self.company_id.account_sale_tax_id
        ordered = taxes.sorted(
            lambda tax: (
                tax.price_include != included,
                tax != default,
                tax.tax_scope == "service",
                tax.sequence,
                tax.id,
            )
        )
        best = {}
        for tax in ordered:
            best.setdefault(round(tax.amount, 4), tax)
        return best
