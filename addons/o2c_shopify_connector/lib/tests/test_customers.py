from o2c_lib.o2c_shopify_connector.lib.customers import news, parse_profile
from o2c_lib.o2c_shopify_connector.lib.hints import customer_gids, product_gids


def test_a_customer_never_seen_only_fills_gaps():
    now = {"name": "Sanne B.", "phone": "1", "email": ""}
    assert news(None, now, {"name": "S. Bakker", "phone": False}) == {"phone": "1"}


def test_only_what_the_customer_changed():
    known = {"name": "Sanne", "phone": "1", "email": "a@example.com"}
    now = {"name": "Sanne", "phone": "2", "email": ""}
    # Somebody corrected the name in Odoo; a value that Shopify hides is no change.
    assert news(known, now, {"name": "Sanne Bakker", "phone": "1"}) == {"phone": "2"}


def test_profile_without_anything():
    profile = parse_profile({"id": "gid://shopify/Customer/1"})
    assert profile.person.name == "" and profile.address.is_empty


def test_who_and_what_a_hint_is_about():
    assert customer_gids("customers/update", {"id": 5}) == ["gid://shopify/Customer/5"]
    assert customer_gids("customers/create", {"admin_graphql_api_id": "g"}) == ["g"]
    assert customer_gids("customers/merge", {"id": 5}) is None
    body = {"variant_gids": [{"admin_graphql_api_id": "a"}], "variants": [{"admin_graphql_api_id": "b"}]}
    assert product_gids("products/update", body) == ["a", "b"]
    assert product_gids("products/create", {}) == []
    assert product_gids("products/delete", {"id": 1}) is None
