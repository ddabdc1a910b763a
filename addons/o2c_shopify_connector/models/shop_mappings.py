from collections import Counter

from odoo import models
from odoo.fields import Command

from ..lib import documents
from ..lib.vat_rates import RATES

GIFT_CARD_CODE = "O2CGC"


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def action_propose_mappings(self):
        """Take over what is proposed for locations, payment gateways and taxes; what was chosen stays."""
        self.ensure_one()
        self.check_access("write")
        # Whoever may configure the shop may do this without seeing its keys.
        shop = self.sudo()
        with self.env["o2c.issue"]._guard(
            shop, "connection", key="mappings", retry="action_propose_mappings"
        ) as outcome:
            shop._take_over_mappings(shop._proposals(), proposed=True)
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

    def _proposals(self):
        """What is set up, completed by what Shopify has besides; nothing is written.

        :return: dict ``locations``, ``gateways``, ``taxes``: lists of field values. A gateway or tax with
            ``make`` needs something that does not exist yet; ``_take_over_mappings`` makes it.
        """
        client = self._client()
        return {
            "locations": self._proposed_locations(client),
            "gateways": self._proposed_gateways(self._gateways_in_use(client)),
            "taxes": self._proposed_taxes(self._sells_to(client)),
        }

    def _take_over_mappings(self, proposals, *, proposed=False):
        """Write what was proposed, as somebody may have changed it.

        :param proposed: nobody has looked at it yet.
        """
        self._take_over_locations(proposals["locations"])
        self._take_over_gateways(proposals["gateways"])
        self._take_over_taxes(proposals["taxes"], proposed)

    # === Locations === #

    def _proposed_locations(self, client):
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
        found = []
        for node in nodes:
            if node["id"] in known:
                warehouse = known[node["id"]].warehouse_id
            else:
                warehouse = by_name.get(node["name"].strip().casefold())
                if not warehouse and node["fulfillsOnlineOrders"]:
                    # Two locations must never both offer the stock of one warehouse.
                    warehouse = (self.warehouse_id or warehouses[:1]) - taken
                if warehouse:
                    taken |= warehouse
            found.append(
                {"gid": node["id"], "name": node["name"], "warehouse_id": warehouse and warehouse.id}
            )
        return found

    def _take_over_locations(self, rows):
        known = {location.gid: location for location in self.with_context(active_test=False).location_ids}
        for row in rows:
            if row["gid"] in known:
                known[row["gid"]].write(row)
        self.env["o2c.shopify.location"].create(
            [{**row, "shop_id": self.id} for row in rows if row["gid"] not in known]
        )

    # === Gateways === #

    def _proposed_gateways(self, in_use=()):
        """Mollie's methods by their common beginning, gift cards as the liability they are, tills.

        :param in_use: names of gateways in the shop's orders; where payments through others than
            these go, nobody can guess.
        """
        found = [
            {"name": gateway.name, "match": gateway.match, "journal_id": gateway.journal_id.id}
            for gateway in self.gateway_ids
        ]
        names = {row["name"].strip().casefold(): row for row in found}
        if "mollie" not in names:
            names["mollie"] = {"name": "mollie", "match": "prefix", "journal_id": False}
            found.append(names["mollie"])
        if not names["mollie"]["journal_id"]:
            journal = self._mollie_journal()
            # Mollie may be connected after the shop: see account.journal.
            names["mollie"].update(journal_id=journal.id, make=False if journal else "mollie")
        if "gift_card" not in names:
            journal = self._gift_card_journal()
            found.append(
                {
                    "name": "gift_card",
                    "match": "exact",
                    "journal_id": journal.id,
                    "make": False if journal else "gift_card",
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
            found.append({"name": "cash", "match": "exact", "journal_id": till.id})
        return found + [
            {"name": name, "match": "exact", "journal_id": False}
            for name in in_use
            if not any(self._covers(row, name) for row in found)
        ]

    @staticmethod
    def _covers(row, name):
        mapped, name = row["name"].strip().casefold(), name.strip().casefold()
        return name.startswith(mapped) if row["match"] == "prefix" else name == mapped

    @staticmethod
    def _gateways_in_use(client):
        """The names of the payment gateways of the newest orders, the most used first."""
        nodes = client.execute(documents.GATEWAYS).data["orders"]["nodes"]
        counted = Counter(name for node in nodes for name in node["paymentGatewayNames"])
        return [name for name, _count in counted.most_common()]

    def _take_over_gateways(self, rows):
        """A gateway that nobody chose a journal for is left out: its first payment will ask for one."""
        known = {gateway.name.strip().casefold(): gateway for gateway in self.gateway_ids}
        new = []
        for row in rows:
            row = dict(row)
            if row.pop("make", False) == "gift_card" and not row["journal_id"]:
                row["journal_id"] = self._make_gift_card_journal().id
            gateway = known.get(row["name"].strip().casefold())
            if gateway:
                gateway.write(row)
            elif row["journal_id"] or row["name"] == "mollie":
                new.append({**row, "shop_id": self.id})
        self.env["o2c.shopify.gateway"].create(new)

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
        """Where gift cards are taken in payment, if there is such a journal yet."""
        return self.env["account.journal"].search(
            [("code", "=", GIFT_CARD_CODE), ("company_id", "=", self.company_id.id)], limit=1
        )

    def _make_gift_card_journal(self):
        """A journal for gift cards taken in payment: that reduces what is owed to their holders."""
        account = self._gift_card_account()
        journal = self.env["account.journal"].create(
            {
                "name": self.env._("Gift Cards"),
                "code": GIFT_CARD_CODE,
                "type": "cash",
                "company_id": self.company_id.id,
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
        account = product.product_tmpl_id.get_product_accounts()["income"]
        if account.internal_group == "liability":
            return account
        # Where cards are taken in payment already, what is owed for them is kept there.
        taken = self.gateway_ids.filtered(lambda gateway: gateway.name.strip().casefold() == "gift_card")
        account = (taken.journal_id or self._gift_card_journal()).default_account_id.filtered(
            lambda account: account.internal_group == "liability"
        )[:1]
        if account:
            product.property_account_income_id = account
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

    def _sells_to(self, client):
        """The countries the shop sends to, the company's own among them."""
        shop = client.execute(documents.SHOP).data.get("shop") or {}
        zones = shop.get("countriesInShippingZones") or {}
        codes = set(zones.get("countryCodes") or ())
        own = (shop.get("shopAddress") or {}).get("countryCodeV2")
        if own:
            codes.add(own)
        home = self.company_id.account_fiscal_country_id
        return self.env["res.country"].search([("code", "in", list(codes))]) | home

    def _proposed_taxes(self, countries):
        """For every country and rate that Odoo knows, the tax to book Shopify's amounts on.

        Shopify's rates are not asked: they change with thresholds and registrations, and a rate
        that Odoo does not know must come up as an issue rather than be invented. A tax abroad that
        Odoo has not prepared is named by ``make``: the tax that it will be a copy of.
        """
        found = [
            {
                "country_id": tax.country_id.id,
                "rate": tax.rate,
                "included": tax.included,
                "tax_id": tax.tax_id.id,
            }
            for tax in self.tax_ids
        ]
        known = {(row["country_id"], round(row["rate"], 4), row["included"]) for row in found}
        home = self.company_id.account_fiscal_country_id
        for country in countries:
            taxes = self._home_taxes() if country == home else self._taxes_abroad(country)
            standard, further = self._further_rates(country, taxes) if country != home else (taxes, ())
            for included in (True, False):
                best = self._best_by_rate(taxes, included)
                rows = [(rate, tax.id, False) for rate, tax in best.items()]
                rows += [(rate, False, standard.id) for rate in further]
                found += [
                    {
                        "country_id": country.id,
                        "rate": rate,
                        "included": included,
                        "tax_id": tax_id,
                        "make": make,
                    }
                    for rate, tax_id, make in rows
                    if (country.id, rate, included) not in known
                ]
        return found

    def _take_over_taxes(self, rows, proposed):
        known = {(tax.country_id.id, round(tax.rate, 4), tax.included): tax for tax in self.tax_ids}
        new = []
        for row in rows:
            row = dict(row)
            country = self.env["res.country"].browse(row["country_id"])
            standard = self.env["account.tax"].browse(row.pop("make", False) or ())
            if standard and not row["tax_id"]:
                position = self._position_abroad(country)
                row["tax_id"] = self._add_rate_abroad(standard, position, country, row["rate"]).id
            tax = known.get((country.id, round(row["rate"], 4), row["included"]))
            if tax:
                tax.write({"tax_id": row["tax_id"], "proposed": tax.proposed and proposed})
            elif row["tax_id"]:
                new.append({**row, "shop_id": self.id, "proposed": proposed})
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
        """Taxes of the fiscal position for private customers of a country, such as OSS."""
        return self._sale_taxes() & self._position_abroad(country).tax_ids

    def _position_abroad(self, country):
        return self.env["account.fiscal.position"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("country_id", "=", country.id),
                ("vat_required", "=", False),
            ],
            order="auto_apply desc, sequence",
            limit=1,
        )

    def _further_rates(self, country, taxes):
        """``(tax of the standard rate, rates of the country without a tax)``.

        Odoo prepares one tax for each rate at home; a country may have more rates than home has.
        """
        standard = taxes.sorted("amount")[-1:]
        known = {round(tax.amount, 4) for tax in taxes}
        rates = {round(float(rate), 4) for rate in RATES.get(country.code, ())} if standard else set()
        return standard, sorted(rates - known)

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
