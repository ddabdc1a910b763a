from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tests.common import new_test_user

from ..lib.scopes import missing
from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestSecurity(ShopCase):
    """Keys, roles and companies."""

    def test_keys_are_for_administrators(self):
        manager = new_test_user(self.env, "o2c_manager", groups="o2c_base.group_manager")
        shop = self.shop.with_user(manager)
        self.assertEqual(shop.name, "Garden Lane")
        with self.assertRaises(AccessError):
            shop.read(["access_token"])
        shown = self.shop.read(["access_token", "client_secret"])[0]
        self.assertNotIn("shpat_test", str(shown))
        self.assertNotIn("shpss_test", str(shown))
        with self.assertRaises(UserError):
            self.shop.export_data(["access_token"])

    def test_the_app_alone_opens_the_overview_and_the_shop(self):
        """A manager or user of Order to Cash may have no right to sales orders."""
        self.take(nodes.order([nodes.line(1)], "10.00", "0"))
        for role in ("manager", "user"):
            user = new_test_user(self.env, f"o2c_only_{role}", groups=f"o2c_base.group_{role}")
            card = self.shop.with_user(user)._o2c_card(14)
            self.assertEqual((card["id"], card["graph_label"]), (self.shop.id, ""))
            form = Form(self.shop.with_user(user))
            self.assertEqual(form.record.order_count, 0)
            self.assertNotIn("order_count", form._view["fields"])

    def test_a_manager_is_told_what_only_an_administrator_can_open(self):
        manager = new_test_user(self.env, "o2c_steps", groups="o2c_base.group_manager")
        found = {step["key"]: step for step in self.env["o2c.overview"].with_user(manager)._steps()}
        self.assertFalse(found["shopify_connect"]["action"])
        self.assertIn("administrator", found["shopify_connect"]["hint"])
        self.assertTrue(found["shopify_taxes"]["action"])
        self.assertTrue(found["shopify_order"]["action"])

    def test_a_step_is_done_when_all_of_it_is(self):
        def done():
            steps = self.env["o2c.overview"]._steps()
            return next(step["done"] for step in steps if step["key"] == "shopify_gateways")

        self.assertTrue(done())
        self.shop.gateway_ids = [Command.create({"name": "Bank Deposit"})]
        self.assertFalse(done())

    def test_a_shop_set_up_before_mollie_gets_its_journal(self):
        self.journal.name = "Other"
        gateway = self.shop.gateway_ids
        gateway.journal_id = False
        self.assertEqual(self.shop._proposed_gateways()[0]["make"], "mollie")
        journals = self.env["account.journal"]
        journals.create({"name": "Bank of Garden", "code": "BOG", "type": "bank"})
        self.assertFalse(gateway.journal_id)
        mollie = journals.create({"name": "Mollie EUR", "code": "MOL2", "type": "bank"})
        self.assertEqual(gateway.journal_id, mollie)

    def test_the_mask_is_not_saved_as_a_key(self):
        self.shop.write({"access_token": self.shop.read(["access_token"])[0]["access_token"]})
        self.assertEqual(self.shop.access_token, "shpat_test")

    def test_a_copy_has_no_keys(self):
        copy = self.shop.copy({"domain": "other.myshopify.com"})
        self.assertFalse(copy.access_token or copy.client_secret)
        self.assertNotEqual(copy.webhook_token, self.shop.webhook_token)

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "o2c_other",
            groups="o2c_base.group_manager,sales_team.group_sale_salesman_all_leads",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        order = self.take(nodes.order([nodes.line(1)], "10.00", "0"))
        self.assertTrue(order.shopify_transaction_ids)
        for model in ("shop", "tax", "gateway", "transaction"):
            records = self.env[f"o2c.shopify.{model}"].with_user(user)
            self.assertFalse(records.search([]), model)

    def test_a_warehouse_user_ships_without_rights_to_the_shop(self):
        order = self.take(nodes.order([nodes.line(1)], "10.00", "0"))
        packer = new_test_user(self.env, "packer", groups="stock.group_stock_user")
        picking = order.picking_ids.with_user(packer)
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.picking_ids.shopify_fulfillment_ids.state, "pending")

    def test_domains_and_versions(self):
        with self.assertRaises(ValidationError):
            self.shop.domain = "shop.example.com"
        with self.assertRaises(ValidationError):
            self.shop.api_version = "latest"

    def test_a_copied_database_sends_nothing(self):
        self.shop.database_uuid = "another-database"
        order = self.take(nodes.order([nodes.line(1)], "10.00", "0"))
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.run_jobs()
        self.assertIn("copy", self.issues(order.picking_ids).message)

    def test_settings_page(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.o2c_shopify_shop_id, self.shop)
        self.assertNotIn("shpat_test", str(settings.o2c_shopify_access_token))
        settings.o2c_shopify_access_token = "shpat_typed"
        settings._o2c_shopify_save()
        self.assertEqual(self.shop.access_token, "shpat_typed")
        self.assertEqual(self.shop.client_secret, "shpss_test")

    def test_settings_change_to_a_token(self):
        """What is typed for the way that is chosen is kept, whatever the way was before."""
        self.shop.auth_method = "client_credentials"
        settings = self.env["res.config.settings"].create({})
        settings.write({"o2c_shopify_auth_method": "token", "o2c_shopify_access_token": "shpat_typed"})
        settings._o2c_shopify_save()
        self.assertEqual((self.shop.auth_method, self.shop.access_token), ("token", "shpat_typed"))
        # Back again: the token is the program's own from now on.
        settings.write({"o2c_shopify_auth_method": "client_credentials", "o2c_shopify_access_token": "other"})
        settings._o2c_shopify_save()
        self.assertEqual(self.shop.access_token, "shpat_typed")

    def test_settings_make_the_first_shop(self):
        self.shop.active = False
        settings = self.env["res.config.settings"].create(
            {
                "o2c_shopify_domain": "New-Shop.myshopify.com",
                "o2c_shopify_client_id": "id",
                "o2c_shopify_client_secret": "shpss_x",
            }
        )
        # To be copied into the app: exactly what the connection is then tested for.
        self.assertEqual(missing(settings.o2c_shopify_required_scopes.split(",")), [])
        shop = settings._o2c_shopify_save()
        self.assertEqual((shop.domain, shop.client_secret), ("new-shop.myshopify.com", "shpss_x"))

    def test_a_shop_is_named_for_itself_whatever_address_was_pasted(self):
        self.shop.active = False
        for address in (
            "https://admin.shopify.com/store/rose-hill/orders",
            "https://Rose-Hill.myshopify.com",
        ):
            with self.subTest(address):
                settings = self.env["res.config.settings"].create({"o2c_shopify_domain": address})
                shop = settings._o2c_shopify_save()
                self.assertEqual((shop.name, shop.domain), ("rose-hill", "rose-hill.myshopify.com"))
                shop.unlink()
