from datetime import timedelta

from odoo import api, fields, models

CHANNEL = "root.o2c"
# From then on, people are told that a job waits for a platform that is out of order.
SILENCE = timedelta(minutes=15)


class QueueJob(models.Model):
    _inherit = "queue.job"

    def write(self, vals):
        ours = self.browse()
        if vals.get("state") in ("pending", "done", "cancelled", "failed"):
            ours = self.filtered(lambda job: job._o2c_is_ours())
        failed_before = ours.filtered(lambda job: job.state == "failed")
        result = super().write(vals)
        if not ours:
            return result
        if vals["state"] == "failed":
            for job in ours:
                job._o2c_in_company_language()._o2c_report_failure()
        elif vals["state"] != "pending":
            ours._o2c_settle_issues()
        else:
            failed_before._o2c_settle_issues()
            if vals.get("result"):
                (ours - failed_before)._o2c_report_waiting()
        return result

    @api.model
    def _o2c_check_runner(self):
        """Tell people when nobody runs the jobs, for then everything stands still in silence."""
        late = fields.Datetime.now() - SILENCE
        waiting = self.search(
            [
                ("state", "in", ("pending", "enqueued")),
                ("channel", "=like", f"{CHANNEL}%"),
                ("date_created", "<", late),
                "|",
                ("eta", "=", False),
                ("eta", "<", late),
            ],
            order="date_created",
        )
        recent = fields.Datetime.to_string(late)
        busy = waiting and self.search_count(
            [("channel", "=like", f"{CHANNEL}%"), ("date_started", ">", recent)], limit=1
        )
        issues = self.env["o2c.issue"]
        company = self.env.ref("base.main_company")
        spoken = company._o2c_in_company_language().env
        if not waiting or busy:
            issues._clear(company, kind="job", key="runner")
            return
        issues._report(
            company,
            "job",
            spoken._(
                "%(count)s background jobs wait and none has been run for a quarter of an hour. "
                "Ask your administrator to start the job runner (queue_job); then all goes on by "
                "itself.",
                count=len(waiting),
            ),
            key="runner",
        )

    def _o2c_is_ours(self):
        self.ensure_one()
        return f"{self.channel}.".startswith(f"{CHANNEL}.")

    def _o2c_settle_issues(self):
        """Resolve the issues about these jobs: they ended well, or are on their way again."""
        if self:
            # Whoever may handle jobs also settles what they left behind.
            issues = self.env["o2c.issue"].sudo()
            issues.search([("job_uuid", "in", self.mapped("uuid")), ("state", "=", "open")]).write(
                {"state": "resolved"}
            )

    def _o2c_report_waiting(self):
        """Tell people about jobs that have been put off for long."""
        before = fields.Datetime.now() - SILENCE
        for job in self.filtered(lambda job: job.date_created < before):
            job = job._o2c_in_company_language()
            job._o2c_report(
                job.env._(
                    "%(what)s is put off: %(why)s It is tried again by itself, and nothing is "
                    "lost meanwhile. Retry tries at once.",
                    what=job.name,
                    why=job.result,
                )
            )

    def _o2c_report_failure(self):
        """Show a failed job where people look, not only in the list of jobs."""
        self.ensure_one()
        self._o2c_report(
            self.env._(
                "%(what)s did not work: %(why)s Retry it; if it happens again, show the details "
                "to your administrator.",
                what=self.name,
                why=self.exc_message or "",
            )
        )

    def _o2c_report(self, message):
        record = self.records[:1].exists() if self.records is not None else None
        issue = self.env["o2c.issue"]._report(
            record or self.company_id or self.env.company,
            "job",
            message,
            key=f"{self.model_name}.{self.method_name}",
            detail=self.exc_info,
        )
        issue.job_uuid = self.uuid
