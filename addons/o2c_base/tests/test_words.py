from datetime import date
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import TransactionCase
from odoo.tools import mute_logger

from ..lib.endpoint import check_endpoint
from ..lib.text import Text, joined
from ..words import in_words
from .common import JobsMixin
from .fake_connection import register_fake_connection


@tagged("post_install", "-at_install")
class TestWords(JobsMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env.company.partner_id.lang = "fr_FR"
        cls.connection = cls.env["o2c.fake.connection"].create({"name": "Jardin"})
        cls.french = cls.env(context={**cls.env.context, "lang": "fr_FR"})
        with cls.assertRaises(cls(), ValueError) as caught:
            check_endpoint("http://api.example.com")
        cls.error = caught.exception

    # === A text in somebody's language === #

    def test_a_text_of_lib_is_said_in_the_readers_language(self):
        self.assertEqual(in_words(self.env, self.error), "api.example.com may only be called over https")
        self.assertEqual(in_words(self.french, self.error), "api.example.com ne peut être appelé qu'en https")

    def test_what_is_in_a_text_is_said_so_as_well(self):
        text = joined([self.error.args[0], Decimal("12.50"), date(2026, 11, 3), 7], separator="; ")
        self.assertEqual(
            in_words(self.french, text),
            "api.example.com ne peut être appelé qu'en https; 12,50; 03/11/2026; 7",
        )

    def test_what_has_no_translation_is_said_in_english(self):
        text = Text("%(count)s of 100 %%", {"count": 3}, "o2c_base")
        self.assertEqual(in_words(self.french, text), "3 of 100 %")
        self.assertEqual(in_words(self.french, UserError("Nothing to do.")), "Nothing to do.")

    def test_a_refused_address_is_explained_in_french(self):
        self.env["ir.config_parameter"].set_param("o2c.fake_endpoint", "http://api.example.com")
        with self.assertRaisesRegex(UserError, "ne peut être appelé qu'en https"):
            self.connection.with_env(self.french)._endpoint("https://api.example.com")

    # === The language of jobs === #

    def test_a_job_speaks_the_language_of_its_company(self):
        other = self.env["res.company"].create({"name": "Garden Ltd"})
        other.partner_id.lang = "en_US"
        english = self.connection.create({"name": "Garden", "company_id": other.id})
        for connection, language in ((self.connection, "fr_FR"), (english.with_env(self.french), "en_US")):
            job = connection.with_delay(channel="root.o2c.shopify")._process_inbox().db_record()
            self.assertEqual(job.records.env.lang or "en_US", language)

    def test_a_foreign_job_stays_as_it_is(self):
        job = self.connection.with_delay(channel="root")._process_inbox().db_record()
        self.assertFalse(job.records.env.lang)

    @mute_logger("odoo.addons.queue_job.controllers.main")
    def test_a_failed_job_is_told_in_the_language_of_its_company(self):
        self.env["o2c.inbox.event"]._receive(self.connection, "explode", "1", "{}")
        self.run_jobs(raise_failures=False)
        issue = self.env["o2c.issue"]._open_issues(self.connection)
        self.assertIn("Traiter ce que Jardin a signalé", issue.message)
        self.assertIn("votre administrateur", issue.message)
