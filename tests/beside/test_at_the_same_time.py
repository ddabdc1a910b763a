"""Two runs and a user over the same bank lines, each with its own connection, for real."""

import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

INVOICES = 30


@tagged("post_install", "-at_install")
class TestAtTheSameTime(BaseCase):
    """What this commits stays: the database of this suite is dropped after it."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.errors = []

    def environment(self, cursor):
        return api.Environment(cursor, SUPERUSER_ID, {"o2c_skip_matching": True})

    def prepare(self, env):
        """Invoices with transfers that name them, and one transfer that only a person can tell."""
        journal = env["account.journal"].create({"name": "Busy bank", "code": "BUSY", "type": "bank"})
        partner = env["res.partner"].create({"name": "Busy customer"})
        invoices = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-11-02",
                    "invoice_line_ids": [
                        Command.create({"name": "Spade", "price_unit": amount, "tax_ids": []})
                    ],
                }
                for amount in (*range(101, 101 + INVOICES), 77, 77)
            ]
        )
        invoices.action_post()
        lines = env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": journal.id,
                    "date": "2026-11-10",
                    "amount": invoice.amount_total,
                    "payment_ref": f"Payment {invoice.name}",
                }
                for invoice in invoices[:INVOICES]
            ]
            + [{"journal_id": journal.id, "date": "2026-11-10", "amount": 77, "partner_id": partner.id}]
        )
        lines[-1].payment_ref = "thank you"
        env["o2c.match"].run(lines=lines[-1])
        return invoices.ids, lines.ids

    def at_once(self, *tasks):
        """Run the tasks in threads that start together; each repeats like a request or job of Odoo."""
        barrier = threading.Barrier(len(tasks))

        def work(task):
            try:
                barrier.wait(20)
                with self.registry.cursor() as cursor:
                    env = self.environment(cursor)
                    retrying(lambda: task(env), env)
            except Exception as error:
                self.errors.append(error)

        threads = [threading.Thread(target=work, args=(task,)) for task in tasks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            self.assertFalse(thread.is_alive())
        self.assertFalse(self.errors)

    def test_two_runs_and_a_user(self):
        with self.registry.cursor() as cursor:
            invoice_ids, line_ids = self.prepare(self.environment(cursor))

        def run(env):
            env["o2c.match"]._cron_run()

        def accept(env):
            line = env["account.bank.statement.line"].browse(line_ids[-1])
            line.action_o2c_accept()

        def write(env):
            env["account.move"].browse(invoice_ids[0]).narration = "Call the customer"

        with patch("odoo.addons.o2c_reconciliation.models.match_engine.CHUNK", 5):
            self.at_once(run, run, accept, write)
        with self.registry.cursor() as cursor:
            env = self.environment(cursor)
            lines = env["account.bank.statement.line"].browse(line_ids)
            # Whoever came second may have left lines to the next run; nothing is lost by that.
            env["o2c.match"]._run_company(lines.company_id, lines=lines)
            self.assertTrue(all(lines.mapped("is_reconciled")))
            self.assertEqual(lines[-1].o2c_match_state, "manual")
            self.assertEqual(set(lines[:-1].mapped("o2c_match_state")), {"matched"})
            applied = env["o2c.match"].search([("line_ids", "in", line_ids), ("state", "=", "applied")])
            self.assertEqual(len(applied), len(lines), "one match for each line")
            invoices = env["account.move"].browse(invoice_ids)
            states = invoices.mapped("payment_state")
            self.assertEqual(states[:INVOICES], ["paid"] * INVOICES)
            self.assertEqual(sorted(states[INVOICES:]), ["not_paid", "paid"])
            self.assertIn("Call the customer", invoices[0].narration)
            issues = [("res_model", "=", lines._name), ("res_id", "in", line_ids), ("state", "=", "open")]
            self.assertFalse(env["o2c.issue"].search_count(issues))
            for entry in lines.move_id:
                self.assertEqual(sum(entry.line_ids.mapped("balance")), 0)
                self.assertEqual(len(entry.line_ids), 2)
