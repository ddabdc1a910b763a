import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.o2c_base.tests.common import SandboxCase

from ..lib import documents
from ..lib.hints import TOPICS
from ..lib.scopes import REQUIRED


@tagged("post_install", "-at_install")
class TestSetup(SandboxCase):
    """From nothing to a connected shop, and what becomes of the connection later."""

    world_options = {**SandboxCase.world_options, "webhook_backoff": [0]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = cls.credentials["shopify"]
        cls.mollie = cls.env["account.journal"].create({"name": "Mollie EUR", "code": "MOLT", "type": "bank"})
        cls.shop = cls.env["o2c.shopify.shop"].create(
            {
                "name": "Garden Lane",
                "domain": keys["domain"],
                "client_id": keys["client_id"],
                "client_secret": keys["client_secret"],
            }
        )
        cls.scopes = cls.control("POST", "shopify/access", {})["scopes"]

    def tearDown(self):
        # The sandbox rolls nothing back.
        self.control("POST", "shopify/access", {"scopes": self.scopes, "install": True})
        super().tearDown()

    def issues(self, key=None):
        domain = [("res_model", "=", self.shop._name), ("res_id", "=", self.shop.id), ("state", "=", "open")]
        return self.env["o2c.issue"].search(domain + ([("key", "=", key)] if key else []))

    def said(self):
        """``(kind, message)`` of a test of the connection."""
        told = self.shop.action_test_connection()["params"]
        return told["type"], told["message"]

    # === Test connection === #

    def test_connection(self):
        kind, message = self.said()
        self.assertEqual((kind, self.shop.state), ("success", "connected"), message)
        for word in (
            "Garden Lane",
            self.shop.plan,
            self.shop.api_version,
            "Permissions granted",
            "write_inventory",
        ):
            self.assertIn(word, message)
        self.assertFalse(self.shop.missing_scopes, self.shop.granted_scopes)
        self.assertTrue(self.shop.token_expires_at)

    def test_connection_with_a_token(self):
        self.shop.write(
            {
                "auth_method": "token",
                "access_token": self.credentials["shopify"]["access_token"],
                "client_secret": False,
            }
        )
        kind, message = self.said()
        self.assertEqual(kind, "success", message)
        self.assertIn("enter the API secret key", message)

    def test_wrong_key(self):
        self.shop.client_secret = "shpss_wrong"
        kind, message = self.said()
        self.assertEqual((kind, self.shop.state), ("danger", "error"))
        self.assertNotIn("shpss_wrong", message)
        self.assertIn("Dev Dashboard", message)
        self.shop.client_secret = self.credentials["shopify"]["client_secret"]
        self.control("POST", "shopify/access", {"uninstall": True})
        self.assertIn("Install app", self.said()[1])

    def test_a_refusal_is_said_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.shop.client_secret = "shpss_wrong"
        answer = self.shop.with_context(lang="fr_FR").action_test_connection()
        self.assertIn("Shopify n'accepte pas ces clés", answer["params"]["message"])

    def test_a_token_is_renewed_before_it_ends(self):
        self.said()
        first = self.shop.access_token
        self.assertLess(self.shop.token_expires_at, fields.Datetime.now() + timedelta(hours=24))
        self.shop._client()
        self.assertEqual(self.shop.access_token, first)
        self.shop.token_expires_at = fields.Datetime.now() + timedelta(minutes=9)
        self.shop._client()
        second = self.shop.access_token
        self.assertNotEqual(second, first)
        # And when Shopify refuses it before its time.
        self.shop.access_token = "shpat_revoked"
        self.assertEqual(self.said()[0], "success")
        self.assertNotIn(self.shop.access_token, ("shpat_revoked", second))

    def test_the_permissions_asked_for_are_enough(self):
        """Nothing that the connector asks of an order, its goods or its parcels is denied to it."""
        self.said()
        made = self.control("POST", "checkout", {"count": 2, "seed": 8, "kinds": ["payment_terms"]})["orders"]
        self.control("POST", "shopify/access", {"scopes": list(REQUIRED)})
        client = self.shop._client()
        gids = [order["gid"] for order in made]
        place = client.execute(documents.LOCATIONS, {"after": None}).data["locations"]["nodes"][0]["id"]
        variants = client.execute(documents.VARIANTS, {"after": None, "query": None})
        items = [node["inventoryItem"]["id"] for node in variants.data["productVariants"]["nodes"]]
        for document, variables in (
            (documents.SHOP, {}),
            (documents.GATEWAYS, {}),
            (documents.WEBHOOKS, {"after": None}),
            (documents.ORDERS, {"ids": gids}),
            (documents.FULFILLMENT_ORDERS, {"id": gids[0], "after": None}),
            (documents.INVENTORY, {"ids": items[:5], "location": place}),
        ):
            self.assertEqual(client.execute(document, variables).denied, (), document)

    def test_missing_permissions_are_named_and_remembered(self):
        self.control("POST", "shopify/access", {"revoke_scopes": ["write_inventory", "read_all_orders"]})
        kind, message = self.said()
        self.assertEqual(kind, "warning")
        self.assertIn("lacks these permissions: write_inventory.", message)
        self.assertIn("Dev Dashboard", message)
        self.assertIn("older than 60 days", message)
        self.assertIn("write_inventory", self.issues("permissions").message)
        self.control("POST", "shopify/access", {"scopes": self.scopes})
        self.env["o2c.inbox.event"]._receive(self.shop, "app/scopes_update", "s1", json.dumps({}))
        self.run_jobs()
        self.assertFalse(self.issues())
        self.assertFalse(self.shop.missing_scopes)

    def test_missing_permissions_of_an_older_app(self):
        """An app with an access token is not in the Dev Dashboard."""
        token = self.credentials["shopify"]["access_token"]
        self.shop.write({"auth_method": "token", "access_token": token})
        self.control("POST", "shopify/access", {"revoke_scopes": ["write_inventory", "read_all_orders"]})
        _kind, message = self.said()
        self.assertIn("lacks these permissions: write_inventory. In Shopify's admin", message)
        self.assertIn("older than 60 days", message)
        self.assertNotIn("Dev Dashboard", message)

    def test_a_version_that_shopify_no_longer_offers(self):
        self.shop.api_version = "2024-01"
        kind, message = self.said()
        self.assertEqual((kind, self.shop.api_version_answered), ("warning", "2026-01"))
        self.assertIn("no longer offers", message)
        self.assertIn("2024-01", self.issues("version").message)
        self.shop.api_version = "2026-10"
        self.issues("version").action_retry()
        self.assertFalse(self.issues())

    # === Webhooks === #

    def test_webhooks_are_registered_once_and_mended(self):
        self.assertEqual(self.shop.action_register_webhooks()["params"]["type"], "success")
        self.assertEqual(self.shop._register_webhooks(), 0)
        self.shop.webhook_token = "another-token"
        self.assertEqual(self.shop._register_webhooks(), len(TOPICS))
        # Those under the address of before are gone.
        registered, stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertEqual((registered, stale), (set(TOPICS), []))

    def test_refused_topics_do_not_keep_the_others_waiting(self):
        self.said()
        self.shop.webhook_token = "refused"
        self.control("POST", "shopify/access", {"personal_data": False})
        self.addCleanup(self.control, "POST", "shopify/access", {"personal_data": True})
        for _twice in range(2):
            self.assertEqual(self.shop.action_register_webhooks()["params"]["type"], "warning")
            registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
            self.assertEqual(registered, {topic for topic in TOPICS if not topic.startswith("CUSTOMERS_")})
        issue = self.issues("topics")
        self.assertEqual((len(issue), issue.count), (1, 2))
        self.assertIn("customers_create", issue.message)
        issue.action_retry()
        self.assertEqual(issue.state, "open", "refused again")
        self.control("POST", "shopify/access", {"personal_data": True})
        issue.action_retry()
        self.assertFalse(self.issues("topics"))
        registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertEqual(registered, set(TOPICS))

    def test_subscriptions_of_others_are_left_alone(self):
        """The same app for another company of this database, and in another Odoo."""
        self.said()
        self.shop.webhook_token = "mine"
        self.shop._register_webhooks()
        company = self.env["res.company"].create({"name": "Second Garden"})
        other = self.shop.copy(
            {
                "company_id": company.id,
                "client_id": self.shop.client_id,
                "client_secret": self.shop.client_secret,
                "webhook_token": "theirs",
                "guest_partner_id": False,
            }
        )
        self.assertEqual(other._register_webhooks(), len(TOPICS))
        parameters = self.env["ir.config_parameter"]
        here = parameters.get_param("web.base.url")
        parameters.set_param("web.base.url", "https://another-odoo.example.com")
        other.invalidate_recordset(["webhook_url"])
        self.assertEqual(other._register_webhooks(), len(TOPICS))
        parameters.set_param("web.base.url", here)
        (self.shop | other).invalidate_recordset(["webhook_url"])
        for shop in (self.shop, other):
            self.assertEqual(shop._register_webhooks(), 0)

    def _subscriptions(self):
        """The addresses that Shopify tells of changes."""
        client = self.shop._client()
        nodes = client.pages(documents.WEBHOOKS, {"after": None}, ("webhookSubscriptions",))
        return [node["uri"] for node in nodes]

    def test_whoever_does_without_webhooks_has_them_removed(self):
        """Ours, and no others: the same app may serve another Odoo."""
        self.said()
        self.shop.webhook_token = "unticked"
        self.shop._register_webhooks()
        uri = "https://warehouse.example.com/hook"
        subscription = {"topic": "ORDERS_CREATE", "subscription": {"uri": uri}}
        self.shop._client().mutate(documents.WEBHOOK_CREATE, subscription)
        self.assertIn(self.shop.webhook_url, self._subscriptions())
        others = [other for other in self._subscriptions() if other != self.shop.webhook_url]
        with Form(self.shop) as form:
            form.use_webhooks = False
        self.run_jobs()
        self.assertEqual(self._subscriptions(), others)
        self.assertFalse(self.issues())
        # Left over from before.
        self.shop._register_webhooks()
        self.shop._check_connection()
        self.assertEqual(self._subscriptions(), others)

    def test_webhooks_that_cannot_be_removed_are_told(self):
        self.said()
        self.shop.webhook_token = "kept"
        self.shop._register_webhooks()
        self.shop.write({"auth_method": "token", "access_token": "shpat_revoked", "use_webhooks": False})
        self.run_jobs()
        issue = self.issues("webhooks")
        self.assertIn("goes on sending webhooks", issue.message)
        self.assertNotIn("shpat_revoked", issue.message)
        self.shop.write({"auth_method": "client_credentials"})
        issue.action_retry()
        self.assertNotIn(self.shop.webhook_url, self._subscriptions())
        self.assertFalse(self.issues("webhooks"))

    def test_webhooks_are_kept_by_whoever_wants_them_after_all(self):
        self.said()
        self.shop.webhook_token = "after-all"
        self.shop._register_webhooks()
        self.shop.use_webhooks = False
        self.shop.action_register_webhooks()
        self.run_jobs()
        self.assertEqual(self._subscriptions().count(self.shop.webhook_url), len(TOPICS))

    def test_webhooks_that_shopify_deleted_come_back_within_a_day(self):
        """Nobody answered eight times: Shopify deletes the subscription. The daily check makes it again."""
        self.said()
        self.shop.action_register_webhooks()
        self.control("POST", "webhooks/flush")
        made = self.control("POST", "checkout", {"count": 1, "seed": 5, "kinds": ["plain"]})["orders"][0]
        for number in range(8):
            self.control("POST", "shopify/update", {"order": made["gid"], "note": str(number)})
        self.control("POST", "webhooks/flush")
        registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertNotIn("ORDERS_UPDATED", registered)
        self.env["o2c.shopify.shop"]._cron_check_webhooks()
        self.run_jobs()
        registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertEqual(registered, set(TOPICS))

    def test_an_app_that_was_installed_again_has_its_webhooks(self):
        """Shopify forgets them with the app; whoever tests the connection need not wait for the night."""
        self.said()
        self.shop.action_register_webhooks()
        self.control("POST", "shopify/access", {"uninstall": True})
        self.env["o2c.inbox.event"]._receive(self.shop, "app/uninstalled", "gone", json.dumps({}))
        self.run_jobs()
        self.assertEqual(self.shop.state, "error")
        self.control("POST", "shopify/access", {"install": True})
        self.assertEqual(self.shop._webhook_subscriptions(self.shop._client()), (set(), []))
        self.assertEqual(self.said()[0], "success")
        self.run_jobs()
        registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertEqual(registered, set(TOPICS))
        self.assertFalse(self.issues())

    def test_the_daily_check_sees_what_was_taken_away(self):
        self.said()
        self.control("POST", "shopify/access", {"revoke_scopes": ["write_inventory"]})
        self.shop._check_connection()
        self.assertIn("write_inventory", self.issues("permissions").message)
        self.control("POST", "shopify/access", {"uninstall": True})
        self.shop.write({"auth_method": "token", "access_token": "shpat_of_before"})
        self.shop._check_connection()
        self.assertEqual(self.shop.state, "error")
        self.assertTrue(self.issues().filtered(lambda issue: issue.kind == "connection" and not issue.key))

    # === The wizard === #

    def test_wizard(self):
        """A manager, who never sees the keys, confirms what is proposed; until then nothing is kept."""
        self.said()
        self.control("POST", "checkout", {"count": 1, "seed": 6, "kinds": ["bank_deposit"]})
        # An address that no test before has registered.
        self.shop.webhook_token = "wizard"
        manager = new_test_user(self.env, "o2c_setter", groups="o2c_base.group_manager")
        journals = self.env["account.journal"].search_count([])
        taxes = self.env["account.tax"].search_count([])
        action = self.shop.with_user(manager).action_setup()
        self.assertEqual(action["res_model"], "o2c.shopify.setup")
        setup = self.env["o2c.shopify.setup"].browse(action["res_id"]).with_user(manager)
        self.assertEqual((setup.webhook_count, setup.webhook_total), (0, len(TOPICS)))
        self.assertTrue(setup.webhooks_reach)
        for step in ("locations", "gateways", "taxes", "start"):
            setup.action_next()
            self.assertEqual(setup.step, step)
        setup.action_back()
        self.assertEqual(setup.step, "taxes")
        self.assertEqual(
            (
                self.env["account.journal"].search_count([]),
                self.env["account.tax"].search_count([]),
                len(self.shop.location_ids) + len(self.shop.gateway_ids) + len(self.shop.tax_ids),
            ),
            (journals, taxes, 0),
        )

        names = {row.name: row for row in setup.gateway_ids}
        self.assertEqual((names["mollie"].match, names["mollie"].journal_id), ("prefix", self.mollie))
        self.assertEqual(names["gift_card"].make, "gift_card")
        self.assertFalse([name for name in names if name.startswith("Mollie -")], "covered by “mollie”")
        self.assertIn("Bank Deposit", setup.gateways_left)
        home = setup.tax_ids.filtered(lambda row: row.country_id == self.env.company.country_id)
        self.assertEqual({row.tax_id.amount for row in home if row.rate == 21}, {21.0})
        self.assertTrue(setup.tax_ids.filtered("make"), "a rate abroad that Odoo did not prepare")
        self.assertEqual(len(setup.location_ids.warehouse_id), 1)

        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        setup.step = "locations"
        with Form(setup) as form, form.location_ids.edit(1) as row:
            row.warehouse_id = second
        setup.write({"notified_by": "odoo", "import_from": "2026-01-01 00:00:00"})
        told = setup.action_confirm()
        self.assertEqual(told["params"]["type"], "success")
        self.assertEqual(told["params"]["next"]["res_id"], self.shop.id)
        self.assertIn(second, self.shop.location_ids.warehouse_id)
        self.assertEqual(set(self.shop.gateway_ids.mapped("name")), {"mollie", "gift_card"})
        self.assertTrue(all(self.shop.gateway_ids.mapped("journal_id")))
        self.assertEqual(len(self.shop.tax_ids), len(setup.tax_ids))
        self.assertFalse(self.shop.tax_ids.filtered("proposed"), "a person has confirmed them")
        self.assertEqual(self.shop.notified_by, "odoo")
        registered, _stale = self.shop._webhook_subscriptions(self.shop._client())
        self.assertEqual(registered, set(TOPICS))
        self.run_jobs()
        self.assertTrue(self.shop.variant_ids)

        # Again later: what was chosen is what is proposed, and nothing comes twice.
        before = (self.shop.location_ids, self.shop.gateway_ids, self.shop.tax_ids)
        again = self.env["o2c.shopify.setup"].browse(self.shop.action_setup()["res_id"])
        self.assertEqual(again.webhook_count, len(TOPICS))
        self.assertIn(second, again.location_ids.warehouse_id)
        again.action_confirm()
        self.assertEqual((self.shop.location_ids, self.shop.gateway_ids, self.shop.tax_ids), before)

    def test_wizard_where_shopify_cannot_send(self):
        self.said()
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "http://odoo.example.com")
        setup = self.env["o2c.shopify.setup"].browse(self.shop.action_setup()["res_id"])
        self.assertFalse(setup.webhooks_reach)
        setup.step = "start"
        told = setup.action_confirm()
        self.assertEqual(told["params"]["type"], "danger")
        self.assertTrue(self.shop.tax_ids, "the rest is kept")
        self.assertTrue(self.issues("webhooks"))
        # Whoever does without is not told every day.
        again = self.env["o2c.shopify.setup"].browse(self.shop.action_setup()["res_id"])
        again.register_webhooks = False
        again.action_confirm()
        self.issues("webhooks").action_resolve()
        self.shop._check_connection()
        self.assertFalse(self.issues())
        third = self.env["o2c.shopify.setup"].browse(self.shop.action_setup()["res_id"])
        self.assertFalse(third.register_webhooks)

    def test_wizard_is_for_managers(self):
        self.said()
        user = new_test_user(self.env, "o2c_looker", groups="o2c_base.group_user")
        with self.assertRaises(AccessError):
            self.shop.with_user(user).action_setup()
