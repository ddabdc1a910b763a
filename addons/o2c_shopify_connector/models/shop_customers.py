from odoo import fields, models

from ...o2c_base.lib.errors import RefusedError
from ..lib.customers import CUSTOMERS, news, parse_profile
from .shop_partners import NO_CHECK

# With these somebody logs in, and is known by others.
OF_USERS = ("name", "email")
PLACE = ("street", "street2", "zip", "city", "country_id", "state_id")


class O2cShopifyCustomer(models.Model):
    _inherit = "o2c.shopify.customer"

    shopify_values = fields.Json(readonly=True, help="What Shopify said of this customer the last time.")


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    import_customers = fields.Boolean(
        string="Import Customers Without Orders",
        help="Whoever opens an account in the shop becomes a contact at once. Otherwise customers come with "
        "their first order. Changes that customers make are taken over in both cases.",
    )

    def _import_customers(self, gids):
        """Take over customers as Shopify has them now, many in one question.

        :return: as :meth:`_import_orders`.
        """
        self.ensure_one()
        bindings = {
            binding.gid: binding
            for binding in self.env["o2c.shopify.customer"].search(
                [("shop_id", "=", self.id), ("gid", "in", gids)]
            )
        }
        wanted = gids if self.import_customers else list(bindings)
        if not wanted:
            return True
        with self.env["o2c.issue"]._guard(
            self, "connection", key="customers", retry="action_sync_orders"
        ) as outcome:
            answer = self._client().execute(CUSTOMERS, {"ids": wanted})
            profiles = [parse_profile(node) for node in answer.data["nodes"] if node]
            self._bind_profiles(profiles, bindings)
            for profile in profiles:
                self._update_customer(bindings[profile.person.gid], profile)
        return outcome.ok or (False if isinstance(outcome.error, RefusedError) else None)

    def _bind_profiles(self, profiles, bindings):
        """Find or create the contacts of customers that are not known yet; adds to ``bindings``."""
        new = [profile for profile in profiles if profile.person.gid not in bindings]
        emails = [profile.person.email.casefold() for profile in new if profile.person.email]
        by_email = self._partners_by_email(emails)
        for profile in new:
            person = profile.person
            partner = by_email.get(person.email.casefold(), self.env["res.partner"])
            if len(partner) != 1:
                partner = partner.with_context(**NO_CHECK).create(
                    {
                        "name": person.name or profile.address.name or person.email or self.env._("Customer"),
                        "company_id": self.company_id.id if self._partners_per_company() else False,
                        "lang": self._language(person.locale),
                    }
                )
            bindings[person.gid] = self.env["o2c.shopify.customer"].create(
                self._binding_values(person.gid, partner)
            )

    def _update_customer(self, binding, profile):
        partner = binding.partner_id
        if not partner.active:
            # Erased, or archived by somebody who had a reason.
            return
        person, address = profile.person, profile.address
        countries = {}
        if address.country:
            found = self.env["res.country"].search([("code", "=", address.country)], limit=1)
            countries = {address.country: found}
        place = self._address_values(address, countries)
        now = {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            **{name: place[name] for name in PLACE if not address.is_empty},
        }
        ours = {name: partner[name].id if name.endswith("_id") else partner[name] for name in now}
        changes = news(binding.shopify_values or None, now, ours)
        if partner.with_context(active_test=False).user_ids:
            changes = {name: value for name, value in changes.items() if name not in OF_USERS}
        if changes.keys() & set(PLACE):
            if not binding.shopify_values and partner.street:
                # Half of one address and half of another is none.
                changes = {name: value for name, value in changes.items() if name not in PLACE}
            else:
                changes.update({name: now[name] for name in PLACE})
        if changes:
            partner.with_context(**NO_CHECK).write(changes)
        if binding.shopify_values != now:
            binding.shopify_values = now

    def _on_customer_merge(self, body):
        """Two customers of the shop became one; which of two contacts stays, a person decides."""
        kept_gid = body.get("admin_graphql_api_customer_kept_id")
        gone_gid = body.get("admin_graphql_api_customer_deleted_id")
        bindings = self.env["o2c.shopify.customer"].search(
            [("shop_id", "=", self.id), ("gid", "in", [kept_gid, gone_gid])]
        )
        gone = bindings.filtered(lambda binding: binding.gid == gone_gid)
        kept = bindings - gone
        if gone and not kept:
            gone.write({"gid": kept_gid, "shopify_values": None})
        elif gone and kept.partner_id != gone.partner_id:
            self.env["o2c.issue"]._report(
                self,
                "data",
                self.env._(
                    "Two customers were merged in Shopify: %(gone)s is now %(kept)s. Merge the two contacts "
                    "here as well if you want one account for both, and close this issue.",
                    gone=gone.partner_id.display_name,
                    kept=kept.partner_id.display_name,
                ),
                key=f"merge-{gone.id}",
            )
