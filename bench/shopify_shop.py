"""The sandbox's garden shop, connected and set up in Odoo: what the benches of orders begin with."""

from datetime import datetime


def connect(env, world):
    """Connect the shop of this world as an administrator does; every gateway gets a journal."""
    keys = world.get("credentials")["shopify"]
    env["account.journal"].create({"name": "Mollie EUR", "code": "MOLB", "type": "bank"})
    shop = env["o2c.shopify.shop"].create(
        {
            "name": "Garden Lane",
            "domain": keys["domain"],
            "auth_method": "client_credentials",
            "client_id": keys["client_id"],
            "client_secret": keys["client_secret"],
            "import_from": datetime(2020, 1, 1),
        }
    )
    shop.action_test_connection()
    shop.action_propose_mappings()
    shop.sync_products()
    return shop


def stock_up(env, products, pieces=100000):
    """Put so many of each storable product into the warehouse."""
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"].create(
        [
            {"product_id": product.id, "location_id": location.id, "quantity": pieces}
            for product in products.filtered("is_storable")
        ]
    )
