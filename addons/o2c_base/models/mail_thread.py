from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_post(self, *, partner_ids=None, attachments=None, attachment_ids=None, **kwargs):
        """With ``o2c_log_only`` in the context, what would be posted is logged as an internal note.

        For steps that the program takes for many documents at once: the trace stays, nobody is told of each,
        and working out who would be told is a tenth of the time. What names its readers, or brings
        files, is posted all the same.
        """
        if self.env.context.get("o2c_log_only") and not (
            partner_ids or attachments or attachment_ids or kwargs.get("body_is_html")
        ):
            return self._message_log(
                body=kwargs.get("body") or "",
                subject=kwargs.get("subject") or False,
                author_id=kwargs.get("author_id"),
            )
        return super().message_post(
            partner_ids=partner_ids, attachments=attachments, attachment_ids=attachment_ids, **kwargs
        )
