from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.matching import Match
from ..models import match_engine
from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestEngine(ReconciliationCase):
    def many(self, count, start=0):
        """Invoices with exact references, and the bank lines that pay them."""
        invoices = self.invoices([20 + number for number in range(start, start + count)])
        lines = self.bank_lines(
            [{"amount": move.amount_total, "payment_ref": move.name} for move in invoices]
        )
        return invoices, lines

    def test_one_line_alone_is_decided_with_all_others_in_mind(self):
        invoice = self.invoice(100)
        vague = self.bank_line(100, "thanks", partner_id=self.partner.id)
        clear = self.bank_line(100, invoice.name, partner_id=self.partner.id)
        vague.action_o2c_match()
        self.assertFalse(vague.is_reconciled)
        self.assertFalse(clear.is_reconciled)
        self.run_matching()
        self.assertEqual(self.applied(clear).item_ids.move_id, invoice)
        self.assertFalse(vague.is_reconciled)

    def test_the_failing_line_alone_is_set_aside(self):
        invoices, lines = self.many(5)
        culprit = lines[2]
        original = type(self.match)._record
        reason = "This period is closed."

        def refuse(records, run, matches, posting, **options):
            if any(culprit.id in match.lines for match in matches):
                raise UserError(reason)
            return original(records, run, matches, posting, **options)

        with patch.object(type(self.match), "_record", refuse):
            run = self.run_matching()
        self.assertEqual(set((lines - culprit).mapped("o2c_match_state")), {"matched"})
        self.assertFalse(culprit.is_reconciled)
        self.assertEqual(invoices[2].payment_state, "not_paid")
        self.assertEqual((run.matched_count, run.failed_count), (4, 1))
        issue = self.env["o2c.issue"].search(
            [("res_model", "=", lines._name), ("res_id", "in", lines.ids), ("state", "=", "open")]
        )
        self.assertEqual(issue.res_id, culprit.id)
        self.assertIn(reason, issue.message)
        issue.action_retry()
        self.assertTrue(culprit.is_reconciled)
        self.assertEqual(issue.state, "resolved")

    def test_a_locked_period_becomes_an_issue(self):
        invoice = self.invoice(100)
        line = self.bank_line(100, invoice.name)
        # Odoo refuses to lock a period with open bank lines, but a line may be imported afterwards.
        self.lock("2026-11-15")
        self.run_matching()
        self.assertFalse(line.is_reconciled)
        self.assertEqual(len(self.issues(line)), 1)
        self.lock(None)
        line._o2c_retry_match()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self.issues(line))

    def lock(self, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s", [day, self.company.id]
        )
        self.company.invalidate_recordset()

    def test_an_unexpected_error_stops_one_line_only(self):
        _invoices, lines = self.many(3)
        original = type(self.match)._record

        def stumble(records, run, matches, posting, **options):
            if any(lines[0].id in match.lines for match in matches):
                raise ZeroDivisionError
            return original(records, run, matches, posting, **options)

        with (
            patch.object(type(self.match), "_record", stumble),
            mute_logger(match_engine._logger.name),
        ):
            self.run_matching()
        self.assertEqual(lines.mapped("is_reconciled"), [False, True, True])

    def test_what_somebody_else_holds_is_skipped(self):
        invoices, lines = self.many(3)
        held = lines[1]
        original = type(lines).try_lock_for_update

        def others(records, **options):
            locked = original(records, **options)
            return locked - held if locked._name == held._name else locked

        with patch.object(type(lines), "try_lock_for_update", others):
            run = self.run_matching()
        self.assertEqual(lines.mapped("is_reconciled"), [True, False, True])
        self.assertEqual(invoices[1].payment_state, "not_paid")
        self.assertFalse(
            self.env["o2c.issue"].search_count([("res_model", "=", lines._name), ("res_id", "=", held.id)])
        )
        self.assertEqual(run.matched_count, 2)
        self.run_matching()
        self.assertTrue(held.is_reconciled)

    def test_small_chunks_give_the_same_books(self):
        _invoices, lines = self.many(5)
        with patch.object(match_engine, "CHUNK", 2):
            self.run_matching()
        self.assertTrue(all(lines.mapped("is_reconciled")))

    def test_only_the_chunk_that_failed_is_posted_one_by_one(self):
        _invoices, lines = self.many(6)
        original, sizes = type(self.match)._record, []
        reason = "This period is closed."

        def refuse(records, run, matches, posting, **options):
            sizes.append(len(matches))
            if any(lines[3].id in match.lines for match in matches):
                raise UserError(reason)
            return original(records, run, matches, posting, **options)

        with patch.object(type(self.match), "_record", refuse), patch.object(match_engine, "CHUNK", 2):
            run = self.run_matching()
        self.assertEqual(sizes, [2, 2, 1, 1, 2])
        self.assertEqual(lines.filtered(lambda line: not line.is_reconciled), lines[3])
        self.assertEqual((run.matched_count, run.failed_count), (5, 1))

    def between_chunks(self, change):
        """Match the company in chunks of one match, and change something behind the first."""
        changes = [change]
        with patch.object(match_engine, "CHUNK", 1):
            self.match._run_company(self.company, after_chunk=lambda: changes and changes.pop()())

    def test_what_was_paid_in_part_meanwhile_is_left_to_the_next_run(self):
        invoices, lines = self.many(3)
        self.between_chunks(lambda: self.pay(invoices[1], amount=5))
        self.assertEqual(lines.mapped("is_reconciled"), [True, False, True])
        self.assertEqual(invoices[1].amount_residual, invoices[1].amount_total - 5)
        self.run_matching()
        self.assertEqual(lines[1].o2c_match_state, "proposed")

    def test_what_is_a_draft_meanwhile_is_left_alone(self):
        invoices, lines = self.many(3)
        self.between_chunks(invoices[1].button_draft)
        self.assertEqual(lines.mapped("is_reconciled"), [True, False, True])
        self.assertFalse(self.issues(lines))

    def test_a_bank_line_that_was_used_in_part_meanwhile_is_left_alone(self):
        invoices, lines = self.many(2)
        other = self.invoice(5)

        def use():
            pieces = {"items": {self.receivable(other).id: 5.0}, "bookings": [], "paid": {}}
            decided = self.decided(lines[1], other)
            self.match.create(self.match._match_values(self.match.run_id, [decided]))._accept(split=pieces)

        self.between_chunks(use)
        self.assertEqual(other.payment_state, "paid")
        self.assertFalse(lines[1].is_reconciled)
        self.assertEqual(invoices[1].payment_state, "not_paid")
        self.assertFalse(self.issues(lines))

    def receivable(self, invoice):
        return invoice.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")

    def decided(self, line, invoice):
        items = tuple(self.receivable(invoice).ids)
        return Match((line.id,), items, 0, "proposal", "By hand", Decimal(0), 50, posts=True)

    def test_the_second_match_of_a_line_tells_what_was_left(self):
        invoice = self.invoice(100)
        line = self.bank_line(250, "betaling", partner_id=self.partner.id)
        self.run_matching()
        line.o2c_best_match_id.action_accept()
        first = self.applied(line)
        self.assertEqual(first.item_ids.move_id, invoice)
        self.invoice(150)
        self.run_matching()
        second = self.applied(line) - first
        self.assertEqual((first.amount, first.explained), (250, 100))
        self.assertEqual((second.amount, second.explained, second.residual), (150, 150, 0))

    def test_one_of_several_lines_that_belong_together_keeps_its_proposals(self):
        invoice = self.invoice(100)
        lines = self.bank_line(60, invoice.name) | self.bank_line(40, invoice.name)
        lines[0].action_o2c_match()
        match = lines[0].o2c_best_match_id
        self.assertEqual((match.state, match.line_ids), ("proposed", lines))
        self.assertFalse(any(lines.mapped("is_reconciled")))
        lines[0].action_o2c_match()
        self.assertEqual(lines[0].o2c_best_match_id, match)
        match.action_accept()
        self.assertEqual(lines.mapped("is_reconciled"), [True, True])

    def test_a_second_run_changes_nothing(self):
        self.many(3)
        ambiguous = self.invoices([77, 77])
        line = self.bank_line(77, "betaling", partner_id=self.partner.id)
        self.run_matching()
        proposals = line.o2c_match_ids
        self.assertEqual(len(proposals), 2)
        run = self.run_matching()
        self.assertEqual(line.o2c_match_ids, proposals)
        self.assertEqual(run.matched_count, 0)
        ambiguous[0].button_draft()
        self.run_matching()
        self.assertTrue(line.is_reconciled, "one candidate is left, so it is certain now")

    def test_queries_do_not_grow_with_the_lines(self):
        def queries(count, start):
            _invoices, lines = self.many(count, start)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.match.run(lines=lines)
            self.env.cr.flush()
            self.assertTrue(all(lines.mapped("is_reconciled")))
            return self.env.cr.sql_log_count - before

        queries(4, 0)  # warms the caches of accounts, journals and translations
        few, more, most = queries(4, 100), queries(24, 200), queries(44, 300)
        self.assertLessEqual(more - few, 5)
        self.assertLessEqual(most - more, 5)

    def test_the_cron_runs_over_all_journals(self):
        _invoices, lines = self.many(2)
        with self.enter_registry_test_mode():
            self.env.ref("o2c_reconciliation.ir_cron_match").method_direct_trigger()
        self.assertTrue(all(lines.mapped("is_reconciled")))

    def test_an_excluded_line_is_left_alone(self):
        _invoices, lines = self.many(1)
        lines.action_o2c_exclude()
        self.run_matching()
        self.assertEqual(lines.o2c_match_state, "excluded")
        lines.action_o2c_include()
        self.run_matching()
        self.assertEqual(lines.o2c_match_state, "matched")

    def test_a_stale_proposal_cannot_be_accepted(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        self.run_matching()
        match = line.o2c_best_match_id
        self.pay(invoice, "r1")
        with self.assertRaisesRegex(UserError, "meanwhile"):
            match.action_accept()

    def test_a_proposal_of_what_is_not_posted_any_more_is_refused_in_words(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        self.run_matching()
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, f"{invoice.name}.*not posted any more"):
            line.o2c_best_match_id.action_accept()
        invoice.button_cancel()
        with self.assertRaisesRegex(UserError, "not posted any more"):
            line.o2c_best_match_id.action_accept()

    def test_undoing_a_run_leaves_what_people_accepted(self):
        automatic, accepted = self.invoices([100, 55])
        line = self.bank_line(100, automatic.name)
        by_hand = self.bank_line(50, accepted.name)
        run = self.run_matching()
        by_hand.o2c_best_match_id.action_accept()
        self.assertEqual(self.applied(by_hand).run_id, run)
        self.assertEqual(run.applied_count, 1)
        run.action_undo()
        self.assertEqual((line.is_reconciled, by_hand.is_reconciled), (False, True))
        self.assertEqual(run.applied_count, 0)

    def test_a_deleted_shipped_model_does_not_come_back(self):
        domain = [("company_id", "=", self.company.id), ("o2c_matching", "=", "partner_amount")]
        models = self.env["account.reconcile.model"]
        models.search(domain).name = "My own name"
        self.company._o2c_create_reconcile_models()
        self.assertEqual(models.search(domain).mapped("name"), ["My own name"])

    def test_others_do_not_apply_the_shipped_models(self):
        """Enterprise and account_reconcile_oca apply what can be proposed to any bank line."""
        shipped = self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "!=", False)]
        )
        shipped.trigger = "auto_reconcile"
        self.assertFalse(any(shipped.mapped("can_be_proposed")))
        shipped[0].write({"match_label": "contains", "match_label_param": "x", "o2c_matching": "counterpart"})
        self.assertTrue(shipped[0].can_be_proposed)

    def test_an_analytic_distribution_model_still_counts(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        analytic = self.env["account.analytic.account"].create({"name": "Garden", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {"partner_id": self.partner.id, "analytic_distribution": {str(analytic.id): 100}}
        )
        _invoices, lines = self.many(2)
        self.run_matching()
        booked = lines.move_id.line_ids.filtered(
            lambda aml: aml.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(booked.mapped("analytic_distribution"), [{str(analytic.id): 100}] * 2)

    def test_the_cron_goes_on_later_where_another_transaction_came_first(self):
        _invoices, lines = self.many(1)
        cron = self.env.ref("o2c_reconciliation.ir_cron_match")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        refused = patch.object(type(self.match), "_run_company", side_effect=SerializationFailure)
        with self.enter_registry_test_mode(), refused:
            cron.method_direct_trigger()
        self.assertFalse(lines.is_reconciled)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers)

    def test_the_cron_keeps_each_chunk(self):
        _invoices, lines = self.many(3)
        original, done = type(self.match)._post_chunk, []

        def meets_another(records, run, matches):
            if done:
                raise SerializationFailure
            done.append(matches)
            return original(records, run, matches)

        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.match), "_post_chunk", meets_another),
            patch.object(match_engine, "CHUNK", 1),
        ):
            self.env.ref("o2c_reconciliation.ir_cron_match").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(lines.mapped("is_reconciled"), [True, False, False])

    def test_the_job_of_a_large_import_goes_on_in_another(self):
        _invoices, lines = self.many(5)
        proposed = self.bank_line(7, self.invoice(8).name)
        jobs = self.env["queue.job"].sudo()
        domain = [("model_name", "=", "o2c.match"), ("state", "=", "pending")]
        counts = []
        with patch.object(match_engine, "PIECE", 2):
            while job := jobs.search(domain):
                self.assertEqual(len(job), 1)
                job.state = "started"
                self.match._run_job(*job.args)
                counts.append(sum(lines.mapped("is_reconciled")))
                self.assertEqual(proposed.o2c_match_state, "proposed")
        self.assertEqual(counts, [2, 4, 5])

    def test_the_job_of_a_large_import_goes_on_behind_what_is_refused(self):
        _invoices, lines = self.many(6)
        original, refused, words = type(self.match)._post, lines[:3], "The period is closed."

        def refusing(records, run, matches, **how):
            if not set(refused.ids).isdisjoint(line_id for match in matches for line_id in match.lines):
                raise UserError(words)
            return original(records, run, matches, **how)

        jobs = self.env["queue.job"].sudo()
        domain = [("model_name", "=", "o2c.match"), ("state", "=", "pending")]
        taken = 0
        with patch.object(match_engine, "PIECE", 2), patch.object(type(self.match), "_post", refusing):
            while (job := jobs.search(domain)) and taken < 10:
                job.state = "started"
                self.match._run_job(*job.args)
                taken += 1
        self.assertEqual(lines.mapped("is_reconciled"), [False] * 3 + [True] * 3)
        self.assertEqual(taken, 3)
        self.assertEqual(len(self.env["o2c.issue"]._open_issues(lines, "match")), 3)
