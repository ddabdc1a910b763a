from odoo import models

CHANNEL = "root.o2c"


class QueueJob(models.Model):
    _inherit = "queue.job"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "failed":
            for job in self.filtered(lambda job: (job.channel or "").startswith(CHANNEL)):
                job._o2c_report_failure()
        return result

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
