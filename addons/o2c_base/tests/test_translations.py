from odoo.tests import TransactionCase, tagged

from .translations import TranslationMixin


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, TransactionCase):
    addon = "o2c_base"
