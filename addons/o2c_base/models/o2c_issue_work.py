from datetime import timedelta

from odoo import api, fields, models

SNOOZE_DAYS = 1


class O2cIssue(models.Model):
    """Who works on an issue, and when; the daily mail about what waits."""

    _name = "o2c.issue"
    _inherit = ["o2c.issue", "mail.thread", "mail.activity.mixin"]

    user_id = fields.Many2one("res.users", string="Responsible", readonly=True, index="btree_not_null")
    snoozed_until = fields.Datetime(
        readonly=True, help="Until then it is not shown among what needs a person (UTC)."
    )

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        issues = super(O2cIssue, quiet).create(vals_list).with_env(self.env)
        for issue in issues.filtered(lambda issue: issue.state == "open"):
            issue._assign(issue.company_id.o2c_responsible_id)
        return issues

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state", "open") != "open":
            self.activity_unlink(["mail.mail_activity_data_todo"])
        return result

    def action_take(self):
        """Make the current user responsible for these issues."""
        self.check_access("read")
        # Users may work off an issue, not rewrite it, so they have no write access themselves.
        self.sudo()._assign(self.env.user)

    def _assign(self, user):
        if not user:
            return
        for issue in self.filtered(lambda issue: issue.user_id != user):
            issue.activity_unlink(["mail.mail_activity_data_todo"])
            issue.user_id = user
            # The activity is enough; a mail for each would drown the daily one.
            issue.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=issue.message.splitlines()[0][:80]
            )

    def action_snooze(self):
        """Keep these issues out of sight until tomorrow; what goes wrong meanwhile is still counted."""
        self.check_access("read")
        # See action_take.
        self.sudo().write({"snoozed_until": fields.Datetime.now() + timedelta(days=SNOOZE_DAYS)})

    @api.model
    def _waiting_domain(self):
        """The issues that need a person now."""
        return fields.Domain("state", "=", "open") & (
            fields.Domain("snoozed_until", "=", False)
            | fields.Domain("snoozed_until", "<=", fields.Datetime.now())
        )

    # === The daily mail === #

    @api.model
    def _cron_digest(self):
        """Send each company's people what waits for them, once a day and only when something does."""
        for company in self.env["res.company"].search([("o2c_digest", "=", True)]):
            issues = self.search(self._waiting_domain() & fields.Domain("company_id", "=", company.id))
            if issues:
                issues._send_digest(company)

    def _send_digest(self, company):
        """Managers get all of these issues, others the ones they are responsible for."""
        managers = self.env.ref("o2c_base.group_manager").all_user_ids.filtered(
            lambda user: company in user.company_ids and not user.share
        )
        mails = []
        for user in (managers | self.user_id).filtered(lambda user: user.active and user.email):
            own = self if user in managers else self.filtered(lambda issue, user=user: issue.user_id == user)
            own = own.with_context(lang=user.lang)
            mails.append(
                {
                    "subject": own.env._(
                        "%(company)s: issues that need attention: %(count)s",
                        company=company.name,
                        count=len(own),
                    ),
                    "email_to": user.email_formatted,
                    "email_from": company.email_formatted or user.email_formatted,
                    "body_html": own.env["ir.qweb"]._render(
                        "o2c_base.issue_digest",
                        {"issues": own, "company": company, "greeting": own._digest_greeting(user, company)},
                    ),
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].create(mails)

    def _digest_greeting(self, user, company):
        return self.env._(
            "Good morning %(name)s, this needs attention at %(company)s:",
            name=user.name,
            company=company.name,
        )
