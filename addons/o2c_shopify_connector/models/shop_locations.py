import re

from odoo import models

from .shop_partners import NO_CHECK


def same_vat(ours, theirs):
    """Whether two VAT numbers are one, with or without separators and the country's letters."""
    ours, theirs = (re.sub(r"[^A-Z0-9]", "", (number or "").upper()) for number in (ours, theirs))
    longer, shorter = sorted((ours, theirs), key=len, reverse=True)
    return longer == shorter or (longer[:2].isalpha() and longer[2:] == shorter)


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _find_locations(self, orders, found):
        """A location with a VAT number of its own is a business of its own, below its company.

        Each location is bound to the business whose number it has, so that a number that is corrected in
        Shopify later is known to be that business's.

        :param found: gid -> partner, of customers and companies; the locations are added.
        """
        locations = {
            order.company.location_gid: order
            for order in orders
            if order.company and order.company.vat and order.company.location_gid
        }
        if not locations:
            return
        bound = self._bound_partners(list(locations))
        found.update(bound)
        bindings = []
        for gid, order in locations.items():
            if gid in bound:
                continue
            business = found[order.company.gid]
            if not business.vat:
                business.with_context(**NO_CHECK).vat = order.company.vat
            elif not same_vat(business.vat, order.company.vat):
                business = self._create_business_of_location(order, business)
            found[gid] = business
            bindings.append(self._binding_values(gid, business))
        self.env["o2c.shopify.customer"].create(bindings)
        self._correct_vat_numbers({gid: order.company.vat for gid, order in locations.items()}, found)

    def _create_business_of_location(self, order, company):
        location = order.company.location_name
        return company.with_context(**NO_CHECK).create(
            {
                **self._buyer_values(order, self._countries([order])),
                "name": f"{order.company.name}, {location}" if location else order.company.name,
                "parent_id": company.id,
            }
        )

    def _correct_vat_numbers(self, numbers, found):
        """Take over VAT numbers that were corrected in Shopify, where nothing stands against it.

        :param numbers: location gid -> VAT number in Shopify
        :param found: location gid -> the business that it is bound to
        """
        changed = {gid: number for gid, number in numbers.items() if not same_vat(found[gid].vat, number)}
        partners = self.env["res.partner"].union(*(found[gid] for gid in numbers))
        wrong = partners.browse().union(*(found[gid] for gid in changed))
        self.env["o2c.issue"]._clear(partners - wrong, "data", "vat")
        if not wrong:
            return
        others = (
            self.env["o2c.shopify.customer"]
            .search(
                [
                    ("partner_id", "in", wrong.ids),
                    ("gid", "=like", "gid://shopify/CompanyLocation/%"),
                    ("gid", "not in", list(changed)),
                ]
            )
            .partner_id
        )
        for business in wrong:
            new = {number for gid, number in changed.items() if found[gid] == business}
            if len(new) == 1 and business not in others and not self._has_vat_on_documents(business):
                business.with_context(**NO_CHECK).vat = new.pop()
                self.env["o2c.issue"]._clear(business, "data", "vat")
            else:
                self._report_vat(business, ", ".join(sorted(new)))

    @staticmethod
    def _has_vat_on_documents(business):
        """Whether the number stands on posted invoices, whose print would change with it."""
        return business._has_invoice([("commercial_partner_id", "=", business.id)])

    def _report_vat(self, business, number):
        self.env["o2c.issue"]._report(
            business,
            "data",
            self.env._(
                "The VAT number of %(name)s is %(theirs)s in Shopify and %(ours)s in Odoo. It was not "
                "changed, because posted invoices or other locations of the company have the old number. "
                "If the new one is right for all of them, enter it on the contact; orders go on until then.",
                name=business.display_name,
                theirs=number,
                ours=business.vat or "-",
            ),
            key="vat",
        )
