from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import SendcloudCase


class TestAccount(SendcloudCase):
    def test_connection_names_the_integration_and_sets_the_webhook(self):
        self.assertEqual(self.account.state, "connected")
        self.assertTrue(self.account.integration_name)
        self.assertTrue(self.account.webhook_active)
        self.assertTrue(self.account.sender_ids)
        client = self.account._client()
        integration = client.integration(self.account.integration_id)
        self.assertEqual(integration["webhook_url"], self.account.webhook_url)

    def test_wrong_key_is_said_in_words(self):
        account = self.env["o2c.sendcloud.account"].create(
            {"name": "Wrong", "public_key": "nobody", "secret_key": "nothing-to-see"}
        )
        answer = account.action_test_connection()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertEqual(account.state, "error")
        self.assertNotIn("nothing-to-see", account.last_error)

    def test_without_keys_nothing_is_called(self):
        account = self.env["o2c.sendcloud.account"].create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "has no keys"):
            account._client()

    def test_options_have_prices_limits_and_destinations(self):
        option = self.options.filtered(lambda option: option.code == "postnl:standard")
        self.assertGreater(option.quote_price, 0)
        self.assertEqual(option.quote_currency_id.name, "EUR")
        self.assertEqual(set(option.country_ids.mapped("code")), {"NL", "BE"})
        self.assertEqual(option.max_weight, 23.001)

    def test_asking_again_changes_nothing_and_forgets_nothing(self):
        again = self.account.sync_shipping_options()
        self.assertEqual(again, self.options)
        self.account.sample_country_ids = self.env.ref("base.us")
        offered = self.account.sync_shipping_options()
        gone = self.options - offered
        self.assertIn("postnl:standard", gone.mapped("code"))
        self.assertFalse(any(gone.mapped("available")))

    def test_carriers_are_made_once_of_the_chosen_options_only(self):
        self.assertEqual(self.carrier.delivery_type, "sendcloud")
        self.assertEqual(self.account.create_carriers(["postnl:standard"]), self.carrier)
        with self.assertRaisesRegex(UserError, "does not offer"):
            self.account.create_carriers(["acme:rocket"])

    def test_keys_are_for_administrators_only(self):
        user = new_test_user(self.env, "packer", groups="stock.group_stock_user,o2c_base.group_manager")
        account = self.account.with_user(user)
        self.assertNotIn("secret_key", account.fields_get())
        with self.assertRaises(UserError):
            account.read(["secret_key"])
        self.assertNotEqual(
            self.account.read(["secret_key"])[0]["secret_key"],
            self.credentials["sendcloud"]["secret_key"],
        )

    def test_settings_take_the_keys_and_never_show_them_again(self):
        self.account.active = False
        keys = self.credentials["sendcloud"]
        settings = self.env["res.config.settings"].create(
            {
                "sendcloud_public_key": keys["public_key"],
                "sendcloud_secret_key": keys["secret_key"],
            }
        )
        answer = settings.action_sendcloud_test()
        self.assertEqual(answer["params"]["type"], "success", answer["params"]["message"])
        account = self.env["o2c.sendcloud.account"].search([])
        self.assertEqual(account.secret_key, keys["secret_key"])
        shown = self.env["res.config.settings"].create({})
        self.assertNotEqual(shown.sendcloud_secret_key, keys["secret_key"])
        shown.action_sendcloud_test()
        self.assertEqual(account.secret_key, keys["secret_key"])

    def test_a_copied_database_sends_nothing(self):
        picking = self.make_picking()
        self.new_database_uuid()
        with self.assertRaisesRegex(UserError, "another database"):
            picking.button_validate()
        self.assertEqual(self.sold(), [])


class TestRates(SendcloudCase):
    def test_a_quote_is_asked_once(self):
        order = self.make_order(carrier=self.env["delivery.carrier"])
        before = len(self.calls())
        rate = self.carrier.rate_shipment(order)
        self.assertTrue(rate["success"], rate["error_message"])
        self.assertAlmostEqual(rate["price"], 6.10)
        self.carrier.rate_shipment(order)
        self.assertEqual(len(self.calls()), before + 1)

    def test_heavy_orders_are_quoted_as_several_parcels(self):
        order = self.make_order(carrier=self.env["delivery.carrier"], quantity=50)
        rate = self.carrier.rate_shipment(order)
        self.assertTrue(rate["success"], rate["error_message"])
        self.assertGreater(rate["price"], 10)

    def test_no_way_to_go_there(self):
        customer = self.make_customer(country_id=self.env.ref("base.us").id)
        order = self.make_order(carrier=self.env["delivery.carrier"], customer=customer)
        rate = self.carrier.rate_shipment(order)
        self.assertFalse(rate["success"])
        self.assertIn("does not go", rate["error_message"])

    def test_sendcloud_is_down(self):
        order = self.make_order(carrier=self.env["delivery.carrier"], quantity=3)
        self.fault("500")
        rate = self.carrier.rate_shipment(order)
        self.assertFalse(rate["success"])
        self.assertTrue(rate["error_message"])
