import pytest

from o2c_lib.o2c_reconciliation.lib.names import name_key

from .common import item, line, posted


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Bakkerij Müller B.V.", "MULLER BAKKERIJ BV"),
        ("Bakkerij Müller B.V.", "bakkerij muller"),
        ("Tuin & Zo S.A.R.L.", "SARL TUIN ZO"),
        ("Dupont S. A.", "DUPONT SA"),
        ("Jansen & Co N.V.", "Jansen Co NV"),
        ("A. Jansen", "Jansen A"),
        ("Dhr. J.P. de Vries", "VRIES J P"),
        ("Søren Møller", "SOREN MOLLER"),
        ("Łukasz Đurić", "LUKASZ DURIC"),
        ("Æbeltoft Strauß", "AEBELTOFT STRAUSS"),
    ],
)
def test_one_name_in_two_spellings(name, other):
    assert name_key(name) == name_key(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("A. Jansen", "S. JANSEN"),
        ("N. Jansen", "JANSEN & CO BV"),
        ("B. Jansen", "V. Jansen"),
        ("S.A. Jansen", "N.V. Jansen"),
        ("SA JANSEN", "Jansen"),
        ("S. Jansen", "Jansen"),
        ("Søren", "Ren S"),
    ],
)
def test_two_people(name, other):
    assert name_key(name) != name_key(other)


def test_a_name_of_legal_forms_alone_is_still_a_name():
    assert name_key("GmbH") == "GMBH"
    assert name_key("") == ""


def test_the_amount_of_another_person_is_not_posted():
    for customer, payer in (("A. Jansen", "S. JANSEN"), ("N. Jansen", "JANSEN & CO BV")):
        invoice = item(1, 49.95, "INV/2026/00042", partner=7, partner_name=customer)
        assert posted([line(1, 49.95, "betaling", partner_name=payer)], [invoice]) == {}
