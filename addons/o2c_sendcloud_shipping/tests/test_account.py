import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

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

    def test_a_refusal_is_said_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        account = self.env["o2c.sendcloud.account"].create(
            {"name": "Faux", "public_key": "nobody", "secret_key": "nothing-to-see"}
        )
        answer = account.with_context(lang="fr_FR").action_test_connection()
        self.assertIn("n'accepte pas ces clés", answer["params"]["message"])

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

    def test_a_warehouse_at_a_sender_address_ships_from_it(self):
        self.assertFalse(self.warehouse.sendcloud_sender_id)
        self.warehouse.partner_id = self.make_customer(street="Tuinlaan 12", zip="1018AB", name="Shed")
        self.account.action_test_connection()
        sender = self.warehouse.sendcloud_sender_id
        self.assertIn("Tuinlaan 12", sender.address)
        body = json.loads(self.validated().sendcloud_shipment_ids.payload)
        self.assertEqual(body["from_address"], {"sender_address_id": int(sender.remote_id)})
        # What a person chose stays.
        other = self.account.sender_ids - sender
        self.warehouse.sendcloud_sender_id = other
        self.account.action_test_connection()
        self.assertEqual(self.warehouse.sendcloud_sender_id, other)

    def test_brand_contract_and_incoterm_are_those_that_were_chosen(self):
        self.account.brand_id = 7
        dap = self.options.filtered(lambda option: option.incoterm)
        self.assertEqual((dap.code, dap.incoterm), ("dhl_express:worldwide/incoterm=dap", "DAP"))
        carrier = self.account.create_carriers([dap.code])
        american = self.make_customer(
            street="123 West 43rd St",
            zip="10036",
            city="New York",
            country_id=self.env.ref("base.us").id,
            state_id=self.env.ref("base.state_us_27").id,
        )
        picking = self.labelled(carrier=carrier, customer=american)
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        self.assertEqual(body["brand_id"], 7)
        self.assertEqual(
            body["ship_with"]["properties"],
            {"shipping_option_code": dap.code, "contract_id": dap.contract_id},
        )
        self.assertTrue(dap.contract_id)


class TestRates(SendcloudCase):
    def test_the_price_in_the_wizard_of_the_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 2})],
            }
        )
        context = {**order.action_open_delivery_wizard()["context"], "default_carrier_id": self.carrier.id}
        wizard = self.env["choose.delivery.carrier"].with_context(**context)
        with Form(wizard) as form:
            form.carrier_id = self.carrier
            form.total_weight = 12
        wizard = form.record
        wizard.update_price()
        # For the weight that was typed, not for that of the products.
        self.assertAlmostEqual(wizard.delivery_price, 9.95)
        wizard.button_confirm()
        self.assertAlmostEqual(order.order_line.filtered("is_delivery").price_unit, 9.95)

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
