from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestFilters(ReconciliationCase):
    """What the search box of the review screen offers, as the web client makes domains of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        action = cls.env.ref("o2c_reconciliation.account_bank_statement_line_action")
        view = cls.env["account.bank.statement.line"].get_view(action.search_view_id.id, "search")
        cls.search_box = etree.fromstring(view["arch"])

    def typed(self, name, value, *, chosen=False):
        """The lines that are found by typing something for a field, or by choosing one of its records."""
        nodes = self.search_box.xpath(f"//field[@name='{name}']")
        self.assertEqual(len(nodes), 1, f"The search box does not offer {name}.")
        given = nodes[0].get("filter_domain")
        domain = safe_eval(given, {"self": value}) if given else [(name, "=" if chosen else "ilike", value)]
        return self.found(domain)

    def found(self, domain):
        lines = self.env["account.bank.statement.line"]
        return lines.search([*domain, ("journal_id", "in", (self.bank | self.mollie).ids)])

    def grouped(self, name):
        nodes = self.search_box.xpath(f"//filter[@name='{name}']")
        self.assertEqual(len(nodes), 1, f"The search box does not offer {name}.")
        field = safe_eval(nodes[0].get("context"))["group_by"]
        groups = self.env["account.bank.statement.line"]._read_group(
            [("journal_id", "in", (self.bank | self.mollie).ids)], [field], ["id:recordset"]
        )
        return dict(groups)

    def test_partner(self):
        other = self.env["res.partner"].create({"name": "Kwekerij Zwanenburg"})
        mine = self.bank_line(10, "a", partner_id=self.partner.id)
        theirs = self.bank_line(20, "b", partner_id=other.id)
        self.assertEqual(self.typed("partner_id", "zwanenburg"), theirs)
        self.assertEqual(self.typed("partner_id", self.partner.id, chosen=True), mine)
        groups = self.grouped("group_partner")
        self.assertEqual((groups[self.partner], groups[other]), (mine, theirs))

    def test_rule(self):
        matched, proposed = self.invoices([10, 30])
        line = self.bank_line(10, matched.name)
        waiting = self.bank_line(29, proposed.name)
        by_partner = self.bank_line(55, "thanks", partner_id=self.partner.id)
        self.invoice(55)
        self.run_matching()
        self.assertEqual((by_partner.is_reconciled, waiting.o2c_match_state), (True, "proposed"))
        rule = line.o2c_model_id
        self.assertEqual(self.typed("o2c_model_id", rule.name), line | waiting)
        self.assertEqual(self.typed("o2c_model_id", by_partner.o2c_model_id.id, chosen=True), by_partner)
        groups = self.grouped("group_rule")
        self.assertEqual((groups[rule], groups[by_partner.o2c_model_id]), (line | waiting, by_partner))
        # It follows what happens to the match.
        self.applied(line).action_undo()
        self.assertEqual(self.typed("o2c_model_id", rule.id, chosen=True), waiting)

    def test_settlement(self):
        account = self.env["o2c.mollie.account"].create({"name": "Mollie"})
        first, second = self.env["o2c.mollie.settlement"].create(
            [
                {
                    "account_id": account.id,
                    "mollie_id": f"stl_{number}",
                    "reference": f"1234567.2611.0{number}",
                }
                for number in (1, 2)
            ]
        )
        lines = self.mollie_line(10, "r1", mollie_settlement_id=first.id) | self.mollie_line(
            20, "r2", mollie_settlement_id=second.id
        )
        self.assertEqual(self.typed("mollie_settlement_id", "2611.01"), lines[0])
        self.assertEqual(self.typed("mollie_settlement_id", second.id, chosen=True), lines[1])
        groups = self.grouped("group_settlement")
        self.assertEqual((groups[first], groups[second]), (lines[0], lines[1]))

    def test_journal(self):
        lines = self.bank_line(10, "a") | self.mollie_line(10, "r1")
        self.assertEqual(self.typed("journal_id", self.mollie.name), lines[1])
        self.assertEqual(self.grouped("group_journal")[self.bank], lines[0])

    def test_amount(self):
        lines = self.bank_line(12.40, "a") | self.bank_line(-12.40, "b") | self.bank_line(1240, "c")
        self.assertEqual(self.typed("amount", 12.40), lines[:2].sorted())

    def test_text_and_platform_id(self):
        lines = self.bank_line(10, "Garden of Eden") | self.mollie_line(10, "r1", payment="tr_eden")
        self.assertEqual(self.typed("payment_ref", "garden"), lines[0])
        self.assertEqual(self.typed("mollie_payment_id", "tr_eden"), lines[1])

    def test_states(self):
        paid, short, charged = self.invoices([10, 30, 40])
        lines = self.bank_lines(
            [
                {"amount": 10, "payment_ref": paid.name},
                {"amount": 29, "payment_ref": short.name},
                {"amount": 39, "payment_ref": charged.name},
                {"amount": -5, "payment_ref": "charges"},
                {"amount": 8, "payment_ref": "for people"},
            ]
        )
        matched, proposed, by_hand, nothing, excluded = lines
        excluded.action_o2c_exclude()
        self.run_matching()
        by_hand.action_o2c_accept()
        for name, wanted in (
            ("waiting", proposed | nothing),
            ("proposed", proposed),
            ("open", nothing),
            ("matched", matched),
            ("manual", by_hand),
            ("excluded", excluded),
            ("money_in", lines - nothing),
            ("money_out", nothing),
        ):
            with self.subTest(name):
                domain = safe_eval(self.search_box.xpath(f"//filter[@name='{name}']")[0].get("domain"))
                self.assertEqual(self.found(domain), wanted.sorted())
