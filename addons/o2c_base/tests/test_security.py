from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user

from .fake_connection import register_fake_connection


@tagged("post_install", "-at_install")
class TestSecurity(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.company = cls.env.company
        cls.other = cls.env["res.company"].create({"name": "Other Garden"})
        cls.users = {
            role: new_test_user(cls.env, f"o2c_role_{role}", groups=f"o2c_base.group_{role}")
            for role in ("user", "accountant", "manager")
        }
        cls.outsider = new_test_user(cls.env, "o2c_outsider", groups="base.group_user")
        cls.connections = cls.env["o2c.fake.connection"].create(
            [
                {"name": "Ours", "company_id": cls.company.id},
                {"name": "Theirs", "company_id": cls.other.id},
            ]
        )
        cls.ours = cls.report(cls.connections[0])
        cls.theirs = cls.report(cls.connections[1])

    @classmethod
    def report(cls, connection):
        cls.env["o2c.inbox.event"]._receive(connection, "t", "d-1", '{"email": "a@b.example"}')
        return cls.env["o2c.issue"]._report(connection, "connection", "No answer.", detail="HTTP 500")

    def test_roles_imply_each_other(self):
        for role, groups in (
            ("user", (True, False, False)),
            ("accountant", (True, True, False)),
            ("manager", (True, True, True)),
        ):
            user = self.users[role]
            has = tuple(
                user.has_group(f"o2c_base.group_{name}") for name in ("user", "accountant", "manager")
            )
            self.assertEqual(has, groups, role)
        self.assertTrue(self.env.ref("base.user_admin").has_group("o2c_base.group_manager"))

    def test_only_own_companies(self):
        for role, user in self.users.items():
            with self.subTest(role):
                issues = self.env["o2c.issue"].with_user(user).search([])
                self.assertIn(self.ours, issues)
                self.assertNotIn(self.theirs, issues)
                with self.assertRaises(AccessError):
                    self.theirs.with_user(user).action_ignore()
                events = self.env["o2c.inbox.event"].with_user(user).search([])
                self.assertEqual(events.company_id, self.company)

    def test_both_companies(self):
        user = self.users["user"]
        user.company_ids += self.other
        issues = self.env["o2c.issue"].with_user(user)
        both = issues.with_context(allowed_company_ids=[self.company.id, self.other.id])
        self.assertLessEqual(self.ours | self.theirs, both.search([]))

    def test_outsiders_see_nothing(self):
        for model in ("o2c.issue", "o2c.inbox.event", "o2c.fake.connection"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.outsider).search([])

    def test_technical_text_and_personal_data_are_for_managers(self):
        event = self.env["o2c.inbox.event"].search([("company_id", "=", self.company.id)], limit=1)
        with self.assertRaises(AccessError):
            event.with_user(self.users["accountant"]).read(["body"])
        with self.assertRaises(AccessError):
            self.ours.with_user(self.users["accountant"]).read(["detail"])
        manager = self.users["manager"]
        self.assertEqual(self.ours.with_user(manager).detail, "HTTP 500")
        self.assertIn("example", event.with_user(manager).body)

    def test_nobody_writes_by_hand(self):
        event = self.env["o2c.inbox.event"].search([("company_id", "=", self.company.id)], limit=1)
        for role, user in self.users.items():
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    event.with_user(user).write({"state": "done"})
                with self.assertRaises(AccessError):
                    self.ours.with_user(user).write({"res_id": 1})
        for role in ("user", "accountant"):
            with self.subTest(role), self.assertRaises(AccessError):
                event.with_user(self.users[role]).action_process_again()
            with self.subTest(role), self.assertRaises(AccessError):
                self.ours.with_user(self.users[role]).unlink()
        event._mark("done")
        event.with_user(self.users["manager"]).action_process_again()
        self.assertEqual(event.state, "new")

    def test_every_model_of_the_suite_has_a_company_rule(self):
        """Including the connectors' models, when they are installed."""
        without = []
        for name, model in self.env.registry.models.items():
            if not name.startswith("o2c.") or model._abstract or model._transient:
                continue
            if name == "o2c.fake.connection" or "company_id" not in model._fields:
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            if not any("company_id" in (rule.domain_force or "") for rule in rules):
                without.append(name)
        self.assertEqual(without, [])

    def test_every_model_of_the_suite_has_access_rights(self):
        without = [
            name
            for name, model in self.env.registry.models.items()
            if name.startswith("o2c.")
            and not model._abstract
            and not self.env["ir.model.access"].search_count([("model_id.model", "=", name)])
        ]
        self.assertEqual(without, [])

    def test_every_key_is_for_administrators_and_never_copied(self):
        for name, model in self.env.registry.models.items():
            for field_name in getattr(model, "_o2c_secret_fields", ()):
                field = model._fields[field_name]
                with self.subTest(f"{name}.{field_name}"):
                    self.assertEqual(field.groups, "base.group_system")
                    self.assertFalse(field.copy)
