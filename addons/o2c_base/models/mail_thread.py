from collections import defaultdict
from contextlib import contextmanager

from odoo import models


class _Notes(list):
    """``(record, author id or None, subject, body)`` of a step, and whether it still lasts."""

    open = True


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @contextmanager
    def _o2c_notes_together(self):
        """These records, in a context that collects what would be posted and logs it at the end.

        For steps that the program takes for many documents at once: the trace stays, as internal notes made
        in one go, and nobody is told of each. Working out who would be told, and one message at a time, are
        more than a tenth of the time. When the step fails, nothing is logged.
        """
        notes = _Notes()
        try:
            yield self.with_context(o2c_notes=notes)
        finally:
            notes.open = False
        self._o2c_log(notes)

    def _o2c_log(self, notes):
        """Log many notes, each record's in their order."""
        rounds = defaultdict(dict)
        seen = defaultdict(int)
        for record, author_id, subject, body in notes:
            rounds[seen[record], record._name, author_id, subject][record.id] = body
            seen[record] += 1
        for (_round, model, author_id, subject), bodies in sorted(
            rounds.items(), key=lambda entry: entry[0][0]
        ):
            self.env[model].browse(bodies)._message_log_batch(bodies, subject=subject, author_id=author_id)

    def message_post(self, *, partner_ids=None, attachments=None, attachment_ids=None, **kwargs):
        """See :meth:`_o2c_notes_together`; whoever names readers, or brings files, posts all the same."""
        notes = self.env.context.get("o2c_notes")
        if notes is None or partner_ids or attachments or attachment_ids or kwargs.get("body_is_html"):
            return super().message_post(
                partner_ids=partner_ids, attachments=attachments, attachment_ids=attachment_ids, **kwargs
            )
        body, subject = kwargs.get("body") or "", kwargs.get("subject") or False
        if notes.open:
            notes.append((self, kwargs.get("author_id"), subject, body))
            return self.env["mail.message"]
        # Odoo tells of changed fields when the transaction is saved, and the step has ended by then.
        return self._message_log(body=body, subject=subject, author_id=kwargs.get("author_id"))
