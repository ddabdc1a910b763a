from o2c_lib.o2c_shopify_connector.lib.scopes import REQUIRED, missing


def test_writing_implies_reading():
    granted = {scope for scope in REQUIRED if scope != "read_inventory"}
    assert "write_inventory" in granted
    assert missing(granted) == []
    assert missing({"read_inventory", *(granted - {"write_inventory"})}) == ["write_inventory"]


def test_nothing_granted():
    assert missing(()) == list(REQUIRED)


def test_scopes_of_other_interfaces_are_passed_over():
    assert missing({*REQUIRED, "customer_read_orders", "unauthenticated_read_products", ""}) == []
