from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMany(TransactionCase):
    """What makes work on many documents at once cheaper changes nothing that counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Jane", "email": "jane@example.com"})
        cls.reader = cls.env["res.partner"].create({"name": "Reader", "email": "reader@example.com"})
        cls.order = cls.env["sale.order"].create({"partner_id": cls.partner.id})
        cls.order.message_subscribe(cls.reader.ids)

    def test_a_step_is_logged_and_nobody_is_told(self):
        message = self.order.with_context(o2c_log_only=True).message_post(
            body="Confirmed <b>", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message, self.order.message_ids[0])
        self.assertIn("Confirmed &lt;b&gt;", message.body)
        self.assertEqual(message.author_id, self.env.user.partner_id)
        self.assertTrue(message.is_internal)
        self.assertFalse(message.notified_partner_ids)

    def test_whoever_is_named_is_told(self):
        message = self.order.with_context(o2c_log_only=True).message_post(
            body="Look at this", partner_ids=self.reader.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.notified_partner_ids, self.reader)

    def test_the_first_analytic_model_counts_at_once(self):
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        facts = {"partner_id": self.partner.id, "company_id": self.env.company.id}
        self.assertEqual(models._get_distribution(facts), {})
        before = self.env.cr.sql_log_count
        models._get_distribution(facts)
        self.assertEqual(self.env.cr.sql_log_count, before)
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        account = self.env["account.analytic.account"].create({"name": "Web", "plan_id": plan.id})
        share = {str(account.id): 100.0}
        models.create({"partner_id": self.partner.id, "analytic_distribution": share})
        self.assertEqual(models._get_distribution(facts), share)
