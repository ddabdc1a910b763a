from markupsafe import Markup

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

    def test_steps_are_logged_together_and_nobody_is_told(self):
        other = self.order.copy()
        before = self.order.message_ids
        with (self.order | other)._o2c_notes_together() as orders:
            for order in orders:
                order.message_post(body="Confirmed <b>", subtype_xmlid="mail.mt_comment")
            orders[0].message_post(body=Markup("<i>Invoiced</i>"), author_id=self.reader.id)
            self.assertEqual(self.order.message_ids, before)
        second, first = self.order.message_ids - before
        self.assertIn("Confirmed &lt;b&gt;", first.body)
        self.assertIn("<i>Invoiced</i>", second.body)
        self.assertEqual(first.author_id, self.env.user.partner_id)
        self.assertEqual(second.author_id, self.reader)
        self.assertIn("Confirmed", other.message_ids[0].body)
        for message in first | second:
            self.assertTrue(message.is_internal)
            self.assertFalse(message.notified_partner_ids)

    def test_what_odoo_tells_when_it_saves_is_not_lost(self):
        with self.order._o2c_notes_together() as orders:
            pass
        message = orders.message_post(body="Total changed", subtype_xmlid="mail.mt_comment")
        self.assertEqual(message, self.order.message_ids[0])
        self.assertFalse(message.notified_partner_ids)

    def test_a_step_that_fails_leaves_no_note(self):
        before = self.order.message_ids
        with self.assertRaises(ValueError), self.order._o2c_notes_together() as orders:
            orders.message_post(body="Confirmed")
            raise ValueError
        self.assertEqual(self.order.message_ids, before)

    def test_whoever_is_named_is_told(self):
        with self.order._o2c_notes_together() as orders:
            message = orders.message_post(
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
