from odoo import models

from .queue_job import CHANNEL


class Base(models.AbstractModel):
    _inherit = "base"

    def with_delay(self, *args, **kwargs):
        """Whatever started a job of ours, it speaks the language of the company that it works for.

        A webhook or a cron has no language, and what a job writes is read by all of the company.
        """
        record = self
        if f"{kwargs.get('channel')}.".startswith(f"{CHANNEL}."):
            record = self._o2c_in_company_language()
        return super(Base, record).with_delay(*args, **kwargs)

    def _o2c_in_company_language(self):
        """These records in the language of their company, or of the current one."""
        # The language is no secret, whoever's action leads to the work.
        companies = self.sudo().company_id if "company_id" in self._fields else self.env.company
        language = (companies[:1] or self.env.company).sudo().partner_id.lang
        return self.with_context(lang=language) if language else self
