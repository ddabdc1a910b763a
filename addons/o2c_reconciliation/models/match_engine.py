import logging
import time
from collections import defaultdict
from dataclasses import replace

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...o2c_base.batches import all_or_each
from ...o2c_base.words import in_words
from ..lib.matching import match_lines

_logger = logging.getLogger(__name__)

CHUNK = 200  # matches posted in one savepoint
PIECE = 2000  # matches that the job of an import posts in its one transaction
PROPOSALS_KEPT = 3  # per line
PASSES = 3  # a payout booked in one pass is an open item of the next


class O2cMatchEngine(models.AbstractModel):
    """The run: read, decide, post in bulk, keep proposals."""

    _name = "o2c.match.engine"
    _description = "Matching Run of Bank Lines"

    @api.model
    def run(self, journals=None, lines=None):
        """Match the open bank lines with the open items.

        :param journals: bank journals; by default all of the companies of the environment
        :param lines: only these statement lines
        :return: the runs, one for each company in which there was something to look at
        :raises AccessError: the user is no Order to Cash accountant
        """
        self.env["account.bank.statement.line"]._o2c_check_accountant()
        scope = lines if lines is not None else journals
        companies = self.env.companies if scope is None else scope.company_id
        # The role was checked; posting and reading open items of all users needs more rights than a role has.
        engine = self.sudo()
        runs = engine.env["o2c.match.run"]
        for company in companies:
            runs |= engine.with_company(company)._run_company(company, journals, lines)
        return runs

    @api.model
    def _cron_run(self):
        """Match the open bank lines of all companies, committing after each chunk.

        Where somebody else changes the same records at that moment, what was posted stays, and the rest is
        left to the next run, which comes at once.
        """
        waiting = self.env["account.bank.statement.line"]._read_group(
            [("is_reconciled", "=", False)], groupby=["company_id"]
        )
        companies = self.env["res.company"].union(*[company for (company,) in waiting])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            try:
                self.with_company(company)._run_company(company, after_chunk=progress)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("Matching of company %s met another transaction, it goes on later", company.id)
                self.env.ref("o2c_reconciliation.ir_cron_match")._trigger()
            progress(1)

    @api.model
    def _enqueue(self, lines):
        """Have the companies of freshly imported lines matched by one background job each."""
        if self.env.context.get("o2c_skip_matching"):
            return
        for company in lines.company_id:
            self._enqueue_company(company)

    def _enqueue_company(self, company):
        self.with_company(company).with_delay(
            channel="root.o2c.reconciliation",
            identity_key=f"o2c_reconciliation.match.{company.id}",
            description=self.env._("Match bank lines"),
        )._run_job(company.id)

    @api.model
    def _run_job(self, company_id):
        # Whoever imported the lines, they are matched with the rights of the program.
        engine = self.sudo()
        engine._run_company(engine.env["res.company"].browse(company_id), at_most=PIECE)

    def _run_company(self, company, journals=None, lines=None, after_chunk=None, at_most=None):
        """Match the lines of one company.

        :param at_most: how many matches are posted; where more are found, a job goes on with them
        """
        # Proposals stay while they are found again: in the same words, whoever has them looked for.
        self = self._o2c_in_company_language()
        started = time.monotonic()
        run = self.env["o2c.match.run"]
        models_ = self.env["account.reconcile.model"].search(
            [("company_id", "=", company.id), ("o2c_matching", "!=", False)]
        )
        rules = models_._o2c_rules()
        counts = {"matched_count": 0, "failed_count": 0}
        tried = set()
        more = False
        for _number in range(PASSES):
            bank_lines = self._read_lines(company)
            wanted = {line.id for line in bank_lines}
            if journals is not None:
                places = set(journals.ids)
                wanted = {line.id for line in bank_lines if line.journal in places}
            if lines is not None:
                wanted.intersection_update(lines.ids)
            if not wanted:
                break
            items = self._read_items(company, bank_lines)
            run = run or run.create(
                {
                    "company_id": company.id,
                    "line_count": len(wanted),
                    "item_count": len(items),
                }
            )
            matches = [
                replace(
                    match,
                    explanation=in_words(self.env, match.explanation),
                    # Lines that belong together are posted when all of them were asked for.
                    posts=match.posts and wanted.issuperset(match.lines),
                )
                # All lines are heard, whichever were asked for: what another claims is certain for none.
                for match in match_lines(bank_lines, items, rules)
                if not wanted.isdisjoint(match.lines)
            ]
            posting = [m for m in matches if m.posts and not tried.issuperset(m.lines)]
            if at_most is not None and len(posting) > at_most:
                posting, more = self._piece(posting, at_most)
            tried.update(line_id for match in posting for line_id in match.lines)
            done = self._post_all(run, posting, counts, after_chunk)
            if more or not any(not match.items for match in done):
                self._keep_proposals(run, [m for m in matches if not m.posts], wanted)
                break
        # When somebody else holds all of the piece, another job would find it so, too.
        if more and (done or self._refused_before(posting)):
            self._enqueue_company(company)
        if run:
            proposed = self.env["account.bank.statement.line"].search_count(
                [("company_id", "=", company.id), ("o2c_match_state", "=", "proposed")]
            )
            run.write({**counts, "proposed_count": proposed, "seconds": time.monotonic() - started})
        return run

    def _piece(self, matches, at_most):
        """What one job posts of many matches: those that were never refused come first.

        :return: them, and whether another job is to go on; what is refused again and again waits for the cron
        """
        refused = self._refused_before(matches)
        matches = sorted(matches, key=lambda match: not refused.isdisjoint(match.lines))
        fresh = sum(refused.isdisjoint(match.lines) for match in matches)
        return matches[:at_most], fresh > at_most

    def _refused_before(self, matches):
        """Ids of lines that could not be posted when it was tried last."""
        lines = self.env["account.bank.statement.line"].browse(
            line_id for match in matches for line_id in match.lines
        )
        return set(self.env["o2c.issue"]._open_issues(lines, "match").mapped("res_id"))

    def _post_all(self, run, matches, counts, after_chunk):
        done = []
        for start in range(0, len(matches), CHUNK):
            chunk = matches[start : start + CHUNK]
            posted = self._post_chunk(run, chunk)
            done += posted
            counts["matched_count"] += sum(len(match.lines) for match in posted)
            counts["failed_count"] += sum(len(match.lines) for match in chunk if match not in posted)
            if after_chunk:
                run.write(counts)
                after_chunk()
        return done

    def _post_chunk(self, run, matches):
        """Post matches in one savepoint; when that fails, one by one, each with its own.

        :return: the matches that were posted
        """
        done = all_or_each(self.env.cr, matches, lambda some: self._post(run, some), self._report_failure)
        return [match for some in done for match in some]

    def _report_failure(self, match, error):
        if isinstance(error, UserError):
            words = str(error)
        else:
            _logger.exception("Matching bank lines %s failed", match.lines)
            words = self.env._("An unexpected error stopped it: %s", type(error).__name__)
        for line in self.env["account.bank.statement.line"].browse(match.lines):
            self.env["o2c.issue"]._report(
                line,
                "match",
                self.env._(
                    "The bank line “%(label)s” could not be matched, although its counterpart was found. "
                    "%(reason)s Correct the cause and retry.",
                    label=line.payment_ref or line.display_name,
                    reason=words,
                ),
                detail=repr(error),
                retry="_o2c_retry_match",
            )

    # === Proposals === #

    def _keep_proposals(self, run, matches, line_ids):
        """Make the stored proposals of the lines equal to the found ones, changing only what differs."""
        wanted = {}
        by_line = defaultdict(list)
        for match in matches:
            by_line[match.lines].append(match)
        for group in by_line.values():
            best = sorted(group, key=lambda match: -match.confidence)[:PROPOSALS_KEPT]
            for match in best:
                wanted[(match.lines, frozenset(match.items), match.rule, match.explanation)] = match
        stored = self.search([("state", "=", "proposed"), ("line_ids", "in", list(line_ids))])
        obsolete = self.browse()
        for match in stored:
            key = (
                tuple(sorted(match.line_ids.ids)),
                frozenset(match.item_ids.ids),
                match.model_id.id or 0,
                match.explanation,
            )
            if wanted.pop(key, None) is None:
                obsolete |= match
        obsolete.unlink()
        self.create(self._match_values(run, list(wanted.values())))

    def _match_values(self, run, matches, amounts=None):
        """Values of match records for matches of the library.

        :param amounts: {bank line: what was open on it}; by default what is open now
        """
        lines = self.env["account.bank.statement.line"].browse(
            line_id for match in matches for line_id in match.lines
        )
        items = self.env["account.move.line"].browse(item_id for match in matches for item_id in match.items)
        invoices = self._invoices_of(items)
        lines_by_id = {line.id: line for line in lines}
        if amounts is None:
            amounts = {line.id: -sum(line._seek_for_lines()[1].mapped("amount_currency")) for line in lines}
        items_by_id = {item.id: item for item in items}
        values = []
        for match in matches:
            first = lines_by_id[match.lines[0]]
            moves = {items_by_id[item_id].move_id.id for item_id in match.items}
            for item_id in match.items:
                moves |= invoices.get(items_by_id[item_id].move_id.id, set())
            amount = sum(amounts[line_id] for line_id in match.lines)
            values.append(
                {
                    "company_id": first.company_id.id,
                    "currency_id": (first.foreign_currency_id or first.currency_id).id,
                    "journal_id": first.journal_id.id,
                    "run_id": run.id,
                    "model_id": match.rule,
                    "strategy": match.strategy,
                    "line_ids": [Command.set(match.lines)],
                    "item_ids": [Command.set(match.items)],
                    "move_ids": [Command.set(sorted(moves))],
                    "explanation": match.explanation,
                    "amount": amount,
                    "explained": amount - float(match.residual),
                    "residual": float(match.residual),
                    "confidence": match.confidence,
                }
            )
        return values

    def _invoices_of(self, items):
        """{payment entry: the invoices it has paid}, in one query."""
        payments = items.payment_id
        if not payments:
            return {}
        links, _keys = self._payment_links(payments.ids, [])
        return {
            payment.move_id.id: {row["move_id"] for row in links.get(payment.id, ())} for payment in payments
        }
