import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ReconciliationCase


class ReviewCase(ReconciliationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "review_accountant", groups="o2c_base.group_accountant,account.group_account_invoice"
        )
        cls.clerk = new_test_user(cls.env, "review_clerk", groups="o2c_base.group_user", password="clerk")
        cls.expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.charges = cls.env["account.reconcile.model"].create(
            {"name": "Bank charges", "line_ids": [(0, 0, {"account_id": cls.expense.id})]}
        )
        cls.by_reference = cls.env["account.reconcile.model"].search(
            [("company_id", "=", cls.company.id), ("o2c_matching", "=", "document_reference")]
        )

    def receivable(self, invoice):
        return invoice.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")

    def part(self, invoice, amount=None):
        return {"id": self.receivable(invoice).id, "amount": amount}

    def proposed(self, amounts):
        """Lines that name their invoice, and leave the decision to a person."""
        self.by_reference.trigger = "manual"
        invoices = self.invoices(amounts)
        lines = self.bank_lines(
            [
                {"amount": amount, "payment_ref": invoice.name}
                for amount, invoice in zip(amounts, invoices, strict=True)
            ]
        )
        self.run_matching()
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"proposed"})
        return lines, invoices


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    def test_a_line_with_its_proposals_beside_it(self):
        invoice = self.invoice(100, invoice_origin="S00042")
        line = self.bank_line(97, f"{invoice.name} less discount", partner_id=self.partner.id)
        self.run_matching()
        shown = line.with_user(self.accountant).o2c_review()
        self.assertEqual((shown["amount"], shown["open_amount"], shown["state"]), (97, 97, "proposed"))
        best = shown["proposals"][0]
        self.assertEqual(best["why"], line.o2c_explanation)
        self.assertEqual((best["explained"], best["residual"]), (100, -3))
        item = {"name": invoice.name, "origin": "S00042", "partner": self.partner.name, "residual": 100}
        self.assertEqual({key: best["items"][0][key] for key in item}, item)
        self.assertEqual(
            [(link["name"], link["model"]) for link in best["documents"]],
            [(invoice.display_name, "account.move")],
        )
        self.assertEqual(best["rule"]["name"], self.by_reference.name)
        self.assertIn({"id": self.charges.id, "name": "Bank charges"}, shown["models"])
        self.assertFalse(shown["alike"])
        line.o2c_best_match_id.with_user(self.accountant).action_accept()
        shown = line.with_user(self.accountant).o2c_review()
        self.assertEqual((shown["state"], shown["open_amount"], shown["models"]), ("manual", 0, []))
        self.assertEqual(shown["applied"][0]["by"], self.accountant.name)
        self.assertTrue(shown["applied"][0]["at"])

    def test_the_payment_of_an_order_leads_to_invoice_order_and_settlement(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [(0, 0, {"name": "Spade", "product_uom_qty": 1, "price_unit": 60})],
            }
        )
        product = self.env["product.product"].create({"name": "Rake", "invoice_policy": "order"})
        order.order_line.write({"product_id": product.id, "price_unit": 60, "tax_ids": [(5,)]})
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.pay(invoice, "r1042")
        line = self.mollie_line(60, "r1042")
        self.run_matching()
        match = line.o2c_review()["applied"][0]
        self.assertEqual([link["id"] for link in match["documents"]], invoice.ids)
        self.assertEqual(
            [(link["id"], link["model"]) for link in match["orders"]], [(order.id, "sale.order")]
        )
        # Back from the invoice.
        self.assertEqual(invoice.o2c_match_count, 1)
        action = invoice.action_open_o2c_matches()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), line)

    def test_how_far_we_are(self):
        before = self.env["account.bank.statement.line"].o2c_review_progress(
            [("journal_id", "=", self.bank.id)]
        )
        self.assertEqual((before["states"], before["open"]), ({}, []))
        invoices = self.invoices([100, 200])
        self.bank_lines(
            [
                {"amount": 100, "payment_ref": invoices[0].name},
                {"amount": 150, "payment_ref": invoices[1].name},
                {"amount": -30, "payment_ref": "charges"},
                {"amount": 8, "payment_ref": "for people"},
            ]
        )[3].action_o2c_exclude()
        self.run_matching()
        progress = (
            self.env["account.bank.statement.line"]
            .with_user(self.clerk)
            .o2c_review_progress([("journal_id", "=", self.bank.id)])
        )
        self.assertEqual(progress["states"], {"matched": 1, "proposed": 1, "open": 1, "excluded": 1})
        self.assertEqual(progress["open"], [{"currency_id": self.company.currency_id.id, "amount": 180}])
        waiting = {journal["id"]: journal["waiting"] for journal in progress["journals"]}
        self.assertEqual((waiting[self.bank.id], waiting[self.mollie.id]), (2, 0))

    def test_searching_what_a_line_pays(self):
        other = self.env["res.partner"].create({"name": "Zwanenburg Kwekerij"})
        mine, named = self.invoice(100, invoice_origin="S77123"), self.invoice(55.5, partner=other)
        line = self.bank_line(100, "x", partner_id=self.partner.id).with_user(self.accountant)

        def found(text, chosen=()):
            return [item["name"] for item in line.o2c_review_search(text, chosen)]

        self.assertEqual(found(""), [mine.name])
        self.assertEqual(found("S77123"), [mine.name])
        self.assertEqual(found("zwanenburg"), [named.name])
        self.assertEqual(found(named.name), [named.name])
        self.assertEqual(found("55,50"), [named.name])
        self.assertEqual(found("-55.50"), [named.name])
        self.assertEqual(found("", self.receivable(mine).ids), [])

    def test_one_line_divided_over_documents_and_a_model(self):
        invoices = self.invoices([100, 40])
        line = self.bank_line(100, "three things")
        before = self.books(line), self.books(invoices)
        line.with_user(self.accountant).o2c_review_apply(
            [self.part(invoices[0], 45), self.part(invoices[1])],
            [{"model_id": self.charges.id, "amount": 5}],
        )
        self.assertEqual(invoices.mapped("amount_residual"), [55, 0])
        booked = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.expense)
        self.assertEqual(booked.balance, -5)
        self.assertEqual((line.amount_residual, line.is_reconciled), (-10, False))
        match = self.applied(line)
        for word in (self.accountant.name, invoices[0].name, "45.00", "Bank charges", "5.00"):
            self.assertIn(word, match.explanation)
        self.assertEqual(match.residual, 10)
        # The rest in a second step; then both are taken back.
        line.with_user(self.accountant).o2c_review_apply([], [{"model_id": self.charges.id, "amount": None}])
        self.assertEqual(line.o2c_match_state, "manual")
        self.applied(line).with_user(self.accountant).action_undo()
        self.assertEqual(before, (self.books(line), self.books(invoices)))

    def test_a_taxed_rest_is_taken_back_with_what_was_before(self):
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.company.id), ("amount", "=", 21), ("type_tax_use", "=", "purchase")],
            limit=1,
        )
        self.charges.line_ids.tax_ids = tax
        invoice = self.invoice(100)
        line = self.bank_line(250, "more than asked")
        before = self.books(line)
        line.with_user(self.accountant).o2c_review_apply([self.part(invoice)], [])
        line.with_user(self.accountant).o2c_review_apply([], [{"model_id": self.charges.id, "amount": None}])
        self.assertIn(tax, line.move_id.line_ids.tax_line_id)
        first, second = self.applied(line).sorted("id")
        second.action_undo()
        self.assertEqual(line.amount_residual, -150)
        first.action_undo()
        # All but the id of the journal item, which had been replaced.
        self.assertEqual([row[1:] for row in before], [row[1:] for row in self.books(line)])

    def test_a_difference_is_booked_with_a_model(self):
        invoice = self.invoice(100)
        line = self.bank_line(98, "2 % discount")
        line.with_user(self.accountant).o2c_review_apply(
            [self.part(invoice)], [{"model_id": self.charges.id, "amount": None}]
        )
        self.assertEqual((invoice.payment_state, line.is_reconciled), ("paid", True))
        booked = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.expense)
        self.assertEqual(booked.balance, 2)

    def test_parts_that_cannot_be(self):
        invoice = self.invoice(100)
        line = self.bank_line(80, "x")
        before = self.books(line)
        both = [{"model_id": self.charges.id, "amount": None}] * 2
        paid = self.invoice(80)
        self.pay(paid, journal=self.bank)
        draft = paid.copy()
        for items, bookings in (
            ([], []),
            ([self.part(paid)], []),
            ([self.part(draft)], []),
            ([], [{"model_id": self.by_reference.id, "amount": None}]),
            ([self.part(invoice, 101)], []),
            ([self.part(invoice, -5)], []),
            ([self.part(invoice, 60)], [{"model_id": self.charges.id, "amount": 30}]),
            ([], both),
        ):
            with self.assertRaises(UserError):
                line.o2c_review_apply(items, bookings)
        self.assertEqual(before, self.books(line))
        self.assertFalse(self.applied(line))

    def test_all_of_one_kind_at_once(self):
        lines, invoices = self.proposed([10, 20, 30])
        different = self.bank_line(35, self.invoice(40).name)
        self.run_matching()
        self.assertEqual(different.o2c_model_id, self.by_reference)
        domain = [("journal_id", "=", self.bank.id)]
        first = lines[0].with_user(self.accountant)
        self.assertEqual(first.o2c_review(domain)["alike"], {"count": 3, "rule": self.by_reference.name})
        self.assertEqual(first.o2c_review([("id", "in", lines[:2].ids)])["alike"]["count"], 2)
        first.action_o2c_accept_alike(domain)
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"manual"})
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        self.assertEqual(different.o2c_match_state, "proposed")
        self.assertEqual(self.applied(lines).applied_by, self.accountant)

    def test_proposals_that_contradict_one_another_stay(self):
        invoice = self.invoice(50)
        lines = self.bank_lines([{"amount": 50, "payment_ref": invoice.name}] * 2)
        other, _invoices = self.proposed([70])
        answer = (lines | other).with_user(self.accountant).action_o2c_accept()
        self.assertEqual(other.o2c_match_state, "manual")
        self.assertFalse(any(lines.mapped("is_reconciled")))
        self.assertEqual(answer["tag"], "display_notification")

    def test_what_was_accepted_is_proposed_to_no_other_line(self):
        invoice = self.invoice(50)
        lines = self.bank_lines([{"amount": 45, "payment_ref": invoice.name}] * 2)
        self.run_matching()
        self.assertEqual(lines.o2c_best_match_id.item_ids, self.receivable(invoice))
        with trap_jobs() as jobs:
            lines[0].with_user(self.accountant).action_o2c_accept()
            jobs.assert_jobs_count(1, only=self.match._run_job)
        self.assertFalse(lines[1].o2c_match_ids)
        self.assertEqual(lines[1].o2c_match_state, "open")

    def test_many_are_accepted_in_bulk(self):
        few, _invoices = self.proposed([float(n) for n in range(11, 14)])
        many, _invoices = self.proposed([float(n) for n in range(21, 36)])
        self.env.flush_all()
        counts = []
        for lines in (few, many):
            start = self.env.cr.sql_log_count
            lines.action_o2c_accept()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(set((few | many).mapped("o2c_match_state")), {"manual"})
        self.assertLess((counts[1] - counts[0]) / (len(many) - len(few)), 25)

    def test_the_list_takes_as_many_queries_for_many_lines(self):
        self.proposed([float(n) for n in range(11, 31)])
        columns = ("date", "payment_ref", "partner_id", "amount", "o2c_match_state", "o2c_model_id")
        specification = {name: {} for name in columns}

        def queries(limit):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["account.bank.statement.line"].web_search_read(
                [("o2c_match_state", "in", ("open", "proposed"))], specification, limit=limit
            )
            return self.env.cr.sql_log_count - start

        queries(2)
        self.assertEqual(queries(20), queries(2))

    def test_a_booking_of_the_import_that_a_person_replaced(self):
        account = self.env["account.account"].search([("account_type", "=", "liability_payable")], limit=1)
        line = self.mollie_line(-3, "fee", kind="fee", counterpart_account_id=account.id, mollie_id="fee_1")
        self.assertEqual(line.o2c_match_state, "matched")
        self.assertTrue(line.o2c_review()["booked"])
        line.action_undo_reconciliation()
        self.assertEqual(line.o2c_match_state, "open")
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.with_context(skip_account_move_synchronization=True, skip_readonly_check=True).write(
            {"account_id": self.expense.id}
        )
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertFalse(line.o2c_explanation)


@tagged("post_install", "-at_install")
class TestReviewByRpc(ReviewCase, HttpCase):
    def call(self, method, *arguments, model="account.bank.statement.line", **keywords):
        """What the web client gets for a call, as the clerk: its result, or the name of the error."""
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "params": {"model": model, "method": method, "args": arguments, "kwargs": keywords},
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("result", answer.get("error", {}).get("data", {}).get("name"))

    def test_a_back_office_user_looks_and_changes_nothing(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        self.run_matching()
        match = line.o2c_best_match_id
        before = self.books(line), self.books(invoice), match.state
        self.authenticate("review_clerk", "clerk")
        specification = {"payment_ref": {}, "amount": {}, "o2c_match_state": {}, "o2c_explanation": {}}
        seen = self.call("web_search_read", [("id", "=", line.id)], specification=specification)
        self.assertEqual(seen["records"][0]["o2c_match_state"], "proposed")
        shown = self.call("o2c_review", [line.id])
        self.assertEqual(shown["proposals"][0]["items"][0]["name"], invoice.name)
        # The name is shown, but no way to a document that the clerk may not open.
        self.assertFalse(shown["proposals"][0]["documents"][0]["model"])
        self.assertEqual((shown["may_match"], shown["models"], shown["alike"]), (False, [], False))
        refused = AccessError.__module__ + ".AccessError"
        part = self.part(invoice)
        for method, *arguments in (
            ("action_o2c_accept",),
            ("action_o2c_accept_alike", []),
            ("action_o2c_match",),
            ("action_o2c_exclude",),
            ("action_o2c_choose",),
            ("o2c_review_search", ""),
            ("o2c_review_apply", [part], []),
            ("write", {"o2c_excluded": True}),
            ("write", {"amount": 1}),
            ("action_undo_reconciliation",),
            ("unlink",),
        ):
            with self.subTest(method):
                self.assertEqual(self.call(method, [line.id], *arguments), refused)
        for method, *arguments in (
            ("action_accept",),
            ("action_undo",),
            ("write", {"state": "applied"}),
            ("unlink",),
        ):
            with self.subTest(method):
                self.assertEqual(self.call(method, [match.id], *arguments, model="o2c.match"), refused)
        self.assertEqual(self.call("run", model="o2c.match"), refused)
        self.assertEqual(self.call("create", {"line_id": line.id}, model="o2c.match.choice"), refused)
        self.env.invalidate_all()
        self.assertEqual(before, (self.books(line), self.books(invoice), match.state))
