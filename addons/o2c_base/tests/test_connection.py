import uuid
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user

from ..lib.errors import AuthenticationError, Unavailable
from ..models.o2c_connection_mixin import SECRET_MASK
from .fake_connection import FakeConnection, register_fake_connection


@tagged("post_install", "-at_install")
class TestConnection(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.connection = cls.env["o2c.fake.connection"].create(
            {"name": "Garden", "public_key": "pub", "secret_key": "right"}
        )
        cls.manager = new_test_user(cls.env, "o2c_manager", groups="o2c_base.group_manager")
        cls.system = new_test_user(cls.env, "o2c_system", groups="o2c_base.group_manager,base.group_system")

    # === Testing === #

    def test_right_key(self):
        action = self.connection.action_test_connection()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("Garden", action["params"]["message"])
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(self.connection.last_success)
        self.assertTrue(self.connection.database_uuid)

    def test_wrong_key_says_what_to_do(self):
        self.connection.secret_key = "wrong"
        action = self.connection.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("Enter it again", action["params"]["message"])
        self.assertEqual(self.connection.state, "error")
        self.assertIn("Enter it again", self.connection.last_error)
        self.assertFalse(self.connection.database_uuid)

    def test_a_demonstration_stays_one_whatever_fails(self):
        """Else the next button would call a platform with keys that are made up."""
        self.connection.state = "demo"
        self.connection._connection_failed(AuthenticationError("Enter the key again."))
        self.assertEqual((self.connection.state, self.connection.last_error), ("demo", False))

    def test_recovery_clears_the_error(self):
        self.connection.secret_key = "wrong"
        self.connection.action_test_connection()
        self.env["o2c.issue"]._report(self.connection, "connection", "Enter the key again.")
        self.connection.secret_key = "right"
        self.connection.action_test_connection()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.last_error)
        self.assertFalse(self.env["o2c.issue"]._open_issues(self.connection))

    def test_outage_leaves_a_working_connection_connected(self):
        self.connection.action_test_connection()
        with patch.object(FakeConnection, "_test_connection", side_effect=Unavailable("fake is down.")):
            action = self.connection.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.last_error, "fake is down.")

    def test_manager_tests_without_seeing_the_key(self):
        connection = self.connection.with_user(self.manager)
        self.assertEqual(connection.action_test_connection()["params"]["type"], "success")
        with self.assertRaises(AccessError):
            connection.secret_key  # noqa: B018 (reading is the point)

    def test_others_may_not_test(self):
        user = new_test_user(self.env, "o2c_plain", groups="o2c_base.group_user")
        with self.assertRaises(AccessError):
            self.connection.with_user(user).action_test_connection()

    # === Secrets === #

    def test_key_is_masked_wherever_it_is_read(self):
        connection = self.connection.with_user(self.system)
        self.assertEqual(connection.read(["secret_key"])[0]["secret_key"], SECRET_MASK)
        web = connection.web_read({"secret_key": {}, "public_key": {}})[0]
        self.assertEqual((web["secret_key"], web["public_key"]), (SECRET_MASK, "pub"))
        found = connection.search_read([("id", "=", connection.id)], ["secret_key"])
        self.assertEqual(found[0]["secret_key"], SECRET_MASK)
        saved = connection.web_save({"public_key": "new"}, {"secret_key": {}})
        self.assertEqual(saved[0]["secret_key"], SECRET_MASK)

    def test_key_cannot_be_grouped_by_or_aggregated(self):
        model = self.env["o2c.fake.connection"].with_user(self.system)
        with self.assertRaises(UserError):
            model.formatted_read_group([], groupby=["secret_key"], aggregates=["__count"])
        with self.assertRaises(UserError):
            model.formatted_read_group([], aggregates=["secret_key:array_agg"])

    def test_missing_key_is_not_masked(self):
        self.connection.secret_key = False
        self.assertFalse(self.connection.read(["secret_key"])[0]["secret_key"])

    def test_the_program_itself_reads_the_key(self):
        self.assertEqual(self.connection.secret_key, "right")

    def test_writing_the_mask_back_changes_nothing(self):
        self.connection.write({"secret_key": SECRET_MASK, "public_key": "new"})
        self.assertEqual(self.connection.secret_key, "right")
        self.assertEqual(self.connection.public_key, "new")

    def test_key_is_not_exported(self):
        with self.assertRaises(UserError):
            self.connection.with_user(self.system).export_data(["name", "secret_key"])
        data = self.connection.with_user(self.system).export_data(["name"])
        self.assertEqual(data["datas"], [["Garden"]])

    def test_copy_has_neither_keys_nor_state(self):
        self.connection.action_test_connection()
        copy = self.connection.copy()
        self.assertFalse(copy.secret_key)
        self.assertFalse(copy.database_uuid)
        self.assertEqual(copy.state, "draft")
        self.assertNotEqual(copy.webhook_token, self.connection.webhook_token)

    def test_webhook_address(self):
        url = self.connection.webhook_url
        self.assertTrue(url.startswith(self.connection.get_base_url()))
        self.assertTrue(url.endswith(f"/o2c/fake/webhook/{self.connection.webhook_token}"))
        self.assertGreater(len(self.connection.webhook_token), 30)

    # === Where it goes === #

    def test_endpoint_comes_from_the_parameter(self):
        model = self.env["o2c.fake.connection"]
        parameters = self.env["ir.config_parameter"]
        self.assertEqual(model._endpoint("https://api.fake.example/"), "https://api.fake.example")
        parameters.set_param("o2c.fake_endpoint", "http://127.0.0.1:8070/w/fake/")
        self.assertEqual(model._endpoint("https://api.fake.example"), "http://127.0.0.1:8070/w/fake")
        parameters.set_param("o2c.fake_endpoint", "http://api.fake.example")
        with self.assertRaisesRegex(UserError, "o2c.fake_endpoint"):
            model._endpoint("https://api.fake.example")

    def test_copied_database_does_not_act(self):
        self.connection._check_same_database()
        self.connection.action_test_connection()
        self.connection._check_same_database()
        self.env["ir.config_parameter"].set_param("database.uuid", str(uuid.uuid4()))
        with self.assertRaisesRegex(UserError, "copy"):
            self.connection.with_user(self.manager)._check_same_database()
        self.connection.action_test_connection()
        self.connection._check_same_database()
