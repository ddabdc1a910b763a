from markupsafe import Markup

from odoo import models
from odoo.fields import Command

from ...o2c_base.words import in_words
from ..lib.charges import shown
from ..lib.pricing import TaxRecord, price
from ..lib.service_point import of_service_point, service_point

PRODUCT_FIELDS = {
    "shipping": "shipping_product_id",
    "tip": "tip_product_id",
    "duty": "duty_product_id",
    "fee": "fee_product_id",
    "rounding": "fee_product_id",
    "gift_card": "gift_card_product_id",
}


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _order_values(self, order, partners, products, taxes):
        """Values of the sale order, and what stands in the way of confirming it.

        :param partners: (customer, invoice address, delivery address)
        :param products: line gid -> product, for lines whose product is known.
        :param taxes: (country code, rate, included) -> tax
        :return: (values, [(kind, key, message)])
        """
        problems = []
        customer, bill_to, ship_to = partners
        currency = self._currency(order.currency)
        values = {
            "shopify_shop_id": self.id,
            "shopify_gid": order.gid,
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "partner_invoice_id": bill_to.id,
            "partner_shipping_id": ship_to.id,
            "shopify_shipping_id": ship_to.id,
            "shopify_shipping_digest": order.shipping.digest,
            "shopify_billing_digest": order.billing.digest,
            "pickup_location_data": self._pickup_location(order) or False,
            "client_order_ref": order.name,
            "shopify_po_number": order.po_number or False,
            "origin": order.name,
            "date_order": order.processed_at.replace(tzinfo=None),
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "warehouse_id": self._warehouse_of(order).id,
            "pricelist_id": self._pricelist(currency, problems, order).id,
            "payment_term_id": self._payment_term(order).id,
            "carrier_id": self._carrier(order).id,
            "require_signature": False,
            "require_payment": False,
            "note": self._note(order) or False,
            **self._state_values(order),
        }
        values["order_line"] = [
            Command.create(line_values)
            for line_values in self._line_values(
                order, currency, products, taxes, problems, lambda: self._zero_tax(customer, ship_to)
            )
        ]
        return values, problems

    @staticmethod
    def _note(order):
        """What the customer wrote on the order: a remark, and what else the shop asked in the cart."""
        asked = [f"{name}: {value}" for name, value in shown(order.attributes) if not of_service_point(name)]
        return Markup("<br>").join([order.note, *asked] if order.note else asked) if asked else order.note

    def _state_values(self, order):
        return {
            "shopify_name": order.name,
            "shopify_updated_at": order.updated_at.replace(tzinfo=None),
            "shopify_financial_status": order.financial_status,
            "shopify_fulfillment_status": order.fulfillment_status,
            "shopify_risk": order.risk,
            "shopify_total": float(order.charged_total),
            "shopify_tax": float(order.charged_tax),
            "shopify_due_date": order.payment_due_at and self._local_date(order.payment_due_at),
        }

    def _warehouse(self):
        """Where orders of this shop are shipped from."""
        return (
            self.warehouse_id
            or self.location_ids.warehouse_id[:1]
            or self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)], limit=1)
        )

    def _warehouse_of(self, order):
        """The warehouse of the location that Shopify sells or sends from."""
        location = self.location_ids.filtered(lambda location: location.gid == order.location_gid)
        return location.warehouse_id or self._warehouse()

    def _pricelist(self, currency, problems, order):
        """A pricelist of the order's currency; none is needed for the company's own."""
        pricelists = self.env["product.pricelist"]
        if self.pricelist_id.currency_id == currency:
            return self.pricelist_id
        if currency == self.company_id.currency_id:
            return pricelists
        pricelist = pricelists.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        if not pricelist and currency.active:
            pricelist = pricelists.create(
                {
                    "name": self.env._("Shopify %s", currency.name),
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                }
            )
        if not pricelist:
            problems.append(
                (
                    "order",
                    "currency",
                    self.env._(
                        "The order is in %s, which is not active. Activate the currency under "
                        "Invoicing > Configuration > Currencies and retry.",
                        order.currency,
                    ),
                )
            )
        return pricelist

    def _payment_term(self, order):
        """Payment terms agreed in Shopify (B2B), as days after the invoice. A fixed day needs none."""
        terms = self.env["account.payment.term"]
        if not order.payment_terms or order.payment_due_at:
            return terms
        days = order.payment_terms_days or 0
        for term in terms.search([("company_id", "in", (False, self.company_id.id))]):
            line = term.line_ids
            if (
                len(line) == 1
                and line.nb_days == days
                and line.delay_type == "days_after"
                and not term.early_discount
            ):
                return term
        return terms.create(
            {
                "name": order.payment_terms,
                "company_id": self.company_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100.0,
                            "delay_type": "days_after",
                            "nb_days": days,
                        }
                    )
                ],
            }
        )

    def _carrier(self, order):
        """The delivery method named like the customer's shipping choice, else the shop's."""
        if not any(line.requires_shipping for line in order.lines):
            return self.env["delivery.carrier"]
        titles = [line.title for line in order.lines if line.kind == "shipping"]
        if not titles:
            return self.carrier_id
        carriers = self.env["delivery.carrier"].search([("company_id", "in", (False, self.company_id.id))])
        wanted = titles[0].strip().casefold()
        named = carriers.filtered(lambda carrier: carrier.name.strip().casefold() == wanted)
        return named[:1] or self.carrier_id

    @staticmethod
    def _pickup_location(order):
        """The service point chosen in the check-out, as Odoo keeps it on the order."""
        point = service_point(order.attributes)
        if not point:
            return None
        address = order.shipping if not order.shipping.is_empty else order.billing
        # Odoo makes a contact of it; where only the number is known, it shows the customer's own town.
        return {
            "name": address.name,
            "street": address.street,
            "zip_code": address.zip,
            "city": address.city,
            "country_code": address.country,
            "state": False,
            **point,
        }

    # === Lines === #

    def _line_values(self, order, currency, products, taxes, problems, zero_tax):
        for sequence, line in enumerate(order.charged_lines(), start=1):
            product = products.get(line.gid) or self._service_product(line)
            records = self._line_taxes(order, line, taxes, problems, zero_tax)
            if not product:
                problems.append(("product", line.gid, self._unknown_product(line)))
                yield {
                    "sequence": sequence,
                    "display_type": "line_note",
                    "name": self.env._(
                        "Not found in Odoo: %(quantity)s x %(title)s (SKU %(sku)s)",
                        quantity=line.quantity,
                        title=line.title,
                        sku=line.sku or "-",
                    ),
                }
                continue
            value = price(
                line,
                [TaxRecord(tax.id, tax.price_include) for tax in records],
                taxes_included=order.taxes_included,
            )
            yield {
                "sequence": sequence,
                "product_id": product.id,
                "name": self._line_name(line, product, currency),
                "product_uom_qty": value.quantity,
                "product_uom_id": product.uom_id.id,
                "price_unit": value.unit,
                "technical_price_unit": 0.0,
                "discount": 0.0,
                "tax_ids": [Command.set(records.ids)],
                "extra_tax_data": value.pinned(currency.id),
                "shopify_gid": line.gid,
                "shopify_net": float(line.net(order.taxes_included)),
                "is_delivery": line.kind == "shipping",
            }

    def _service_product(self, line):
        name = PRODUCT_FIELDS.get(line.kind)
        if line.kind == "gift_card" and self.gift_card_product_id and not line.taxes:
            # What is sold is owed to whoever brings the card, and no income yet.
            self._gift_card_account()
        return self[name] if name else self.env["product.product"]

    def _unknown_product(self, line):
        if line.kind != "product":
            title = in_words(self.env, line.title)
            return self.env._("No product is set for “%s”. Choose one on the shop and retry.", title)
        if not line.sku and not line.variant_gid:
            return self.env._(
                "“%s” was typed into the order in Shopify and is no product there. On the shop, let products "
                "that are not found become the placeholder product and choose one, then retry.",
                line.title,
            )
        return self.env._(
            "The product “%(title)s” with SKU “%(sku)s” is not known in Odoo. Give a product this "
            "internal reference, or bind it on the shop's list of products, and retry.",
            title=line.title,
            sku=line.sku or "-",
        )

    def _zero_tax(self, customer, ship_to):
        """What Odoo books a sale without tax on: reverse charge, or export, by fiscal position.

        Empty where Odoo would charge a tax: that Shopify charged none is then booked as it is.
        """
        position = (
            self.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(customer, ship_to)
        )
        mapped = position.map_tax(self.company_id.account_sale_tax_id)
        return mapped if len(mapped) == 1 and not mapped.amount else self.env["account.tax"]

    def _line_taxes(self, order, line, taxes, problems, zero_tax):
        """The taxes in Odoo for a line, one for each of Shopify's in the same order.

        :param zero_tax: gives what :meth:`_zero_tax` says; hardly any line has to know
        """
        records = self.env["account.tax"]
        country = order.tax_country or (self.country_id.code or "")
        if not line.taxes:
            if line.kind in ("gift_card", "tip", "duty", "rounding"):
                return records
            return taxes.get((country, 0.0, order.taxes_included)) or zero_tax()
        for tax in line.taxes:
            record = taxes.get((country, round(float(tax.rate), 4), order.taxes_included))
            if tax.channel_liable:
                problems.append(("tax", "channel", self._tax_of_the_channel(tax)))
            if record:
                records += record
            else:
                problems.append(
                    (
                        "tax",
                        f"{country}:{tax.rate}:{order.taxes_included}",
                        self.env._(
                            "Shopify charged “%(title)s” of %(rate)s %% in %(country)s "
                            "(%(included)s), for which no tax is chosen. Add it to the taxes of "
                            "the shop and retry.",
                            title=tax.title,
                            rate=tax.rate,
                            country=country or "?",
                            included=self.env._("included in the prices")
                            if order.taxes_included
                            else self.env._("on top of the prices"),
                        ),
                    )
                )
        return records

    def _tax_of_the_channel(self, tax):
        return self.env._(
            "The sales channel itself pays “%s” to the tax office. Correct the taxes of the order here so "
            "that you do not pay it again, and confirm it by hand.",
            tax.title,
        )

    def _line_name(self, line, product, currency):
        name = in_words(self.env, line.title)
        if line.discount > 0:
            label = ", ".join(line.discount_names)
            name += "\n" + self.env._(
                "Discount %(label)s: %(amount)s",
                label=label,
                amount=f"-{line.discount:.{currency.decimal_places}f} {currency.name}",
            ).replace("  ", " ").replace(" :", ":")
        return "\n".join([name, *(f"{key}: {value}" for key, value in shown(line.attributes))])

    # === Looking up === #

    def _taxes_by_rate(self):
        return {(tax.country_id.code, round(tax.rate, 4), tax.included): tax.tax_id for tax in self.tax_ids}

    def _products_for(self, orders):
        """Line gid -> product, by the binding of the variant, else by a SKU that is unique."""
        lines = [line for order in orders for line in order.lines if line.kind == "product"]
        by_gid = self._bound_products({line.variant_gid for line in lines if line.variant_gid})
        unbound = [line for line in lines if line.variant_gid not in by_gid]
        by_line = {}
        by_sku = self._products_by_code({line.sku for line in unbound if line.sku})
        self._bind_lines(unbound, by_sku, by_gid)
        if self.unknown_product_policy == "create":
            gids = {line.variant_gid for line in unbound if line.variant_gid} - by_gid.keys()
            if gids:
                by_gid.update(self._import_variants(sorted(gids)))
            lost = [line for line in unbound if line.variant_gid not in by_gid and line.sku not in by_sku]
            by_line = self._products_from_lines(lost)
        placeholder = (
            self.placeholder_product_id
            if self.unknown_product_policy == "placeholder"
            else self.env["product.product"]
        )
        return {
            line.gid: by_gid.get(line.variant_gid)
            or by_sku.get(line.sku)
            or by_line.get(line.gid)
            or placeholder
            for line in lines
        }

    def _bound_products(self, gids):
        # What is not sold any more may still be on an order.
        variants = self.env["o2c.shopify.variant"].with_context(active_test=False)
        variants = variants.search([("shop_id", "=", self.id), ("gid", "in", list(gids))])
        return {variant.gid: variant.product_id for variant in variants}

    def _products_by_code(self, codes):
        """Internal reference -> product, for references that only one product has."""
        found = {}
        for product in self.env["product.product"].search(
            [
                ("default_code", "in", list(codes)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        ):
            found.setdefault(product.default_code, []).append(product)
        return {code: products[0] for code, products in found.items() if len(products) == 1}

    def _bind_lines(self, lines, by_sku, by_gid):
        new = {}
        for line in lines:
            if line.variant_gid and line.sku in by_sku and line.variant_gid not in by_gid:
                by_gid[line.variant_gid] = by_sku[line.sku]
                new[line.variant_gid] = {
                    "shop_id": self.id,
                    "gid": line.variant_gid,
                    "product_gid": line.product_gid,
                    "product_id": by_sku[line.sku].id,
                    "title": line.title,
                    "sku": line.sku,
                }
        self.env["o2c.shopify.variant"].create(list(new.values()))
