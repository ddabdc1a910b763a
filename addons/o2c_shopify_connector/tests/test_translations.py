from odoo.tests import TransactionCase, tagged

from odoo.addons.o2c_base.tests.translations import TranslationMixin


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, TransactionCase):
    addon = "o2c_shopify_connector"
