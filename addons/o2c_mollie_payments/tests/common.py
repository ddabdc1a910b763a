from odoo.addons.o2c_base.tests.common import SandboxCase


class MollieCase(SandboxCase):
    """A Mollie account of the company; each test has a sandbox world of its own."""

    # A lost answer is a connection that breaks soon, instead of half a minute of waiting.
    world_options = {**SandboxCase.world_options, "timeout_seconds": 0.5}

    def setUp(self):
        super().setUp()
        # Money at Mollie does not roll back with the database: each test has its own.
        self.new_world()

    def new_world(self):
        """Connect a new account to a new world."""
        world = self._call("POST", f"{self.sandbox}/worlds", self.world_options)
        self.addCleanup(self._call, "DELETE", f"{self.sandbox}/worlds/{world['name']}")
        self.addCleanup(setattr, type(self), "base_url", self.base_url)
        type(self).base_url = world["base_url"].rstrip("/")
        self.env["ir.config_parameter"].set_param("o2c.mollie_endpoint", f"{self.base_url}/mollie")
        self.account = self.env["o2c.mollie.account"].create(
            {
                "name": "Mollie",
                "access_token": self.credentials["mollie"]["access_token"],
                "start_date": "2020-01-01",
            }
        )
        self.account.action_test_connection()
        self.account.action_create_journals()
        self.balance = self.account.balance_ids[:1]
        self.journal = self.balance.journal_id

    # --- the outside world ---

    def pay(self, amount, description="r100", method="ideal", **values):
        return self.control(
            "POST",
            "mollie/pay",
            {"amount": amount, "description": description, "method": method, **values},
        )

    def settle(self, status="paidout", **values):
        answer = self.control("POST", "mollie/settle", {"status": status, **values})
        return answer["settlements"][0]

    def mollie(self, path, **values):
        return self.control("POST", f"mollie/{path}", values)

    def available(self):
        [balance] = [
            balance
            for balance in self.control("GET", "mollie/balances")["balances"]
            if balance["id"] == self.balance.mollie_id
        ]
        return float(balance["available"])

    # --- Odoo ---

    def sync(self):
        self.account.sync_settlements()
        self.run_jobs(channel="root.o2c.mollie")

    def settlement(self, raw):
        return self.env["o2c.mollie.settlement"].search([("mollie_id", "=", raw["id"])])

    def lines(self, settlement, kind=None):
        lines = settlement.line_ids
        return lines.filtered(lambda line: line.mollie_kind == kind) if kind else lines

    def issues(self, record, kind=None):
        domain = [
            ("res_model", "=", record._name),
            ("res_id", "in", record.ids),
            ("state", "=", "open"),
        ]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["o2c.issue"].search(domain)

    def assertBooksEqualMollie(self):
        """The journal, led over movement by movement, is what Mollie says is available."""
        self.balance._check()
        self.assertTrue(
            self.balance.is_proven,
            f"journal {self.balance.journal_balance} + open {self.balance.not_settled} "
            f"+ on its way {self.balance.on_its_way} != available {self.balance.available}",
        )
        self.assertAlmostEqual(self.balance.available, self.available(), places=2)
        statements = self.env["account.bank.statement"].search([("journal_id", "=", self.journal.id)])
        for statement in statements:
            self.assertTrue(statement.is_complete, statement.name)
            self.assertTrue(statement.is_valid, statement.name)
