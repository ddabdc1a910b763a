from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user


@tagged("post_install", "-at_install")
class TestIssueWork(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Issue Garden", "email": "garden@garden.example"}
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.clerk = cls.person("clerk", "o2c_base.group_user")
        cls.boss = cls.person("boss", "o2c_base.group_manager")
        cls.partner = cls.env["res.partner"].create({"name": "Anna Bakker", "company_id": cls.company.id})

    @classmethod
    def person(cls, name, group):
        return new_test_user(
            cls.env,
            f"o2c_work_{name}",
            groups=group,
            email=f"{name}@garden.example",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def report(self, key="a"):
        return self.env["o2c.issue"]._report(self.partner, "order", f"The product {key} is unknown.", key=key)

    def waiting(self):
        issues = self.env["o2c.issue"]
        return issues.search(issues._waiting_domain() & fields.Domain("company_id", "=", self.company.id))

    def test_a_new_issue_is_an_activity_of_whoever_is_responsible(self):
        self.company.o2c_responsible_id = self.clerk
        issue = self.report()
        self.assertEqual((issue.user_id, issue.activity_ids.user_id), (self.clerk, self.clerk))
        self.report()
        self.assertEqual(len(issue.activity_ids), 1, "seen again, it is the same activity")
        self.env["o2c.issue"]._clear(self.partner)
        self.assertFalse(issue.activity_ids, "what is resolved by itself leaves nothing to do")

    def test_nobody_is_responsible_unless_the_company_says_so(self):
        issue = self.report()
        self.assertFalse(issue.user_id or issue.activity_ids)

    def test_whoever_takes_it_gets_the_activity(self):
        self.company.o2c_responsible_id = self.boss
        issue = self.report()
        issue.with_user(self.clerk).action_take()
        self.assertEqual((issue.user_id, issue.activity_ids.user_id), (self.clerk, self.clerk))

    def test_what_is_snoozed_comes_back_tomorrow(self):
        issue = self.report()
        self.assertEqual(self.waiting(), issue)
        issue.with_user(self.clerk).action_snooze()
        self.assertFalse(self.waiting())
        self.assertEqual(self.report(), issue, "it is still one issue")
        issue.snoozed_until -= timedelta(days=1, minutes=1)
        self.assertEqual(self.waiting(), issue)

    def mails(self):
        before = self.env["mail.mail"].search([])
        self.env["o2c.issue"]._cron_digest()
        return {
            mail.email_to: mail
            for mail in self.env["mail.mail"].search([]) - before
            if "garden.example" in mail.email_to
        }

    def test_the_daily_mail_tells_managers_all_and_others_their_own(self):
        self.company.o2c_digest = True
        self.report("a").with_user(self.clerk).action_take()
        self.report("b")
        self.report("c").action_snooze()
        mails = self.mails()
        found = {
            address: [key for key in "abc" if f"product {key} is" in mail.body_html]
            for address, mail in mails.items()
        }
        self.assertEqual(found, {self.boss.email_formatted: ["a", "b"], self.clerk.email_formatted: ["a"]})
        self.assertEqual(
            mails[self.boss.email_formatted].subject, "Issue Garden: issues that need attention: 2"
        )

    def test_no_issue_or_no_wish_no_mail(self):
        self.company.o2c_digest = True
        self.assertFalse(self.mails())
        self.report()
        self.company.o2c_digest = False
        self.assertFalse(self.mails())
