from odoo import models

CHANNEL = "root.o2c"


class QueueJob(models.Model):
    _inherit = "queue.job"

    def write(self, vals):
        state = vals.get("state")
        revived = self.browse()
        if state in ("pending", "done", "cancelled"):
            revived = self.filtered(lambda job: job.state == "failed" and job._o2c_is_ours())
        result = super().write(vals)
        if state == "failed":
            for job in self.filtered(lambda job: job._o2c_is_ours()):
                job._o2c_report_failure()
        if revived:
            # Whoever may handle jobs also settles what they left behind.
            issues = self.env["o2c.issue"].sudo()
            issues.search([("job_uuid", "in", revived.mapped("uuid")), ("state", "=", "open")]).write(
                {"state": "resolved"}
            )
        return result

    def _o2c_is_ours(self):
        self.ensure_one()
        return f"{self.channel}.".startswith(f"{CHANNEL}.")

    def _o2c_report_failure(self):
        """Show a failed job of ours where people look, not only in the list of jobs."""
        self.ensure_one()
        record = self.records[:1].exists() if self.records is not None else None
        if not record:
            record = self.company_id or self.env.company
        issue = self.env["o2c.issue"]._report(
            record,
            "job",
            self.env._(
                "%(what)s did not work: %(why)s Retry it; if it happens again, show the details "
                "to your administrator.",
                what=self.name,
                why=self.exc_message or "",
            ),
            key=f"{self.model_name}.{self.method_name}",
            detail=self.exc_info,
        )
        issue.job_uuid = self.uuid
