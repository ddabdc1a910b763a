"""Connects the three platforms as an administrator does on the settings page, and stocks the warehouse."""

from dataclasses import dataclass

from ..console import Failure
from . import waiting
from .control import World
from .rpc import Session

# What the administrator picks from Sendcloud's offers: for which destinations, up to which weight in kg
# (0: any). What is heavier than a parcel may be goes with a carrier that takes several parcels at once.
CARRIERS = {
    "bpost:parcel": (("BE",), 20),
    "postnl:standard": (("NL",), 0),
    "dpd:classic": (("BE", "DE", "FR"), 0),
}
PIECES_IN_STOCK = 1000
WAREHOUSE_ROLES = ("stock.group_stock_user", "o2c_base.group_user")
# Who imports bank statements needs the "basic" group too, which Community keeps out of sight.
ACCOUNTANT_ROLES = (
    "account.group_account_manager",
    "account.group_account_basic",
    "o2c_base.group_accountant",
)


@dataclass(frozen=True)
class Connections:
    """Database ids of the three connections, and of the journals that the money goes through."""

    shop: int
    mollie: int
    sendcloud: int
    mollie_journal: int
    bank_journal: int


def everything(admin: Session, world: World) -> Connections:
    """Point Odoo at the sandbox and connect all three platforms."""
    point_at(admin, world)
    keys = world.get("credentials")
    mollie, journal = _mollie(admin, world, keys["mollie"])
    sendcloud = _sendcloud(admin, keys["sendcloud"])
    shop_id = shop(admin, keys["shopify"])
    bank = admin.search("account.journal", [("type", "=", "bank"), ("id", "!=", journal)], limit=1)[0]
    return Connections(shop_id, mollie, sendcloud, journal, bank)


def point_at(admin: Session, world: World) -> None:
    """Have Odoo call the sandbox in place of the platforms; nothing is connected yet."""
    for platform in ("shopify", "mollie", "sendcloud"):
        address = f"{world.url}/{platform}"
        admin.call("ir.config_parameter", "set_param", f"o2c.{platform}_endpoint", address)
    admin.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")


def _settings(admin: Session, button: str, **values) -> dict:
    """Type values into the settings page and press one of its buttons; returns what opens."""
    page = admin.call("res.config.settings", "create", values)
    page = page[0] if isinstance(page, list) else page
    answer = admin.call("res.config.settings", button, [page])
    parameters = (answer or {}).get("params", {}) if isinstance(answer, dict) else {}
    if parameters.get("type") in ("danger", "warning"):
        raise Failure(f"{button}: {parameters.get('message')}")
    return answer


def _mollie(admin: Session, world: World, keys: dict) -> tuple[int, int]:
    _settings(admin, "action_o2c_mollie_test_connection", o2c_mollie_access_token=keys["access_token"])
    _settings(admin, "action_o2c_mollie_create_journals")
    account = admin.search_read("o2c.mollie.account", [], ["webhook_url"])[0]
    # In Mollie's dashboard: a webhook to the address that Odoo shows, and its secret back into Odoo.
    webhook = world.post("mollie/webhooks", url=account["webhook_url"])
    admin.call("o2c.mollie.account", "write", [account["id"]], {"webhook_secret": webhook["secret"]})
    journal = admin.search_read("o2c.mollie.balance", [("account_id", "=", account["id"])], ["journal_id"])
    return account["id"], journal[0]["journal_id"][0]


def _sendcloud(admin: Session, keys: dict) -> int:
    _settings(
        admin,
        "action_sendcloud_test",
        sendcloud_public_key=keys["public_key"],
        sendcloud_secret_key=keys["secret_key"],
    )
    account = admin.search("o2c.sendcloud.account", [])[0]
    codes = sorted({code for countries, _weight in CARRIERS.values() for code in countries})
    countries = {
        row["code"]: row["id"] for row in admin.search_read("res.country", [("code", "in", codes)], ["code"])
    }
    admin.call(
        "o2c.sendcloud.account",
        "write",
        [account],
        {"sample_country_ids": [[6, 0, sorted(countries.values())]]},
    )
    admin.call("o2c.sendcloud.account", "action_sync_shipping_options", [account])
    options = admin.search_read("o2c.sendcloud.option", [("code", "in", list(CARRIERS))], ["code"])
    admin.call("o2c.sendcloud.option", "action_create_carriers", [option["id"] for option in options])
    for sequence, (code, (destinations, weight)) in enumerate(CARRIERS.items()):
        carrier = admin.search("delivery.carrier", [("sendcloud_option_id.code", "=", code)])[0]
        admin.call(
            "o2c.sendcloud.rule",
            "create",
            [
                {
                    "account_id": account,
                    "sequence": sequence,
                    "carrier_id": carrier,
                    "max_weight": weight,
                    "country_ids": [[6, 0, [countries[destination] for destination in destinations]]],
                }
            ],
        )
    return account


def shop(admin: Session, keys: dict) -> int:
    """Connect the shop and confirm what the wizard proposes; the shop's database id."""
    _settings(
        admin,
        "action_o2c_shopify_test",
        o2c_shopify_domain=keys["domain"],
        o2c_shopify_auth_method="client_credentials",
        o2c_shopify_client_id=keys["client_id"],
        o2c_shopify_client_secret=keys["client_secret"],
    )
    wizard = _settings(admin, "action_o2c_shopify_setup")
    admin.call(wizard["res_model"], "action_confirm", [wizard["res_id"]])
    _wait_for_products(admin)
    return admin.search("o2c.shopify.shop", [])[0]


def _wait_for_products(admin: Session) -> None:
    """The wizard has the shop's products taken over in the background."""

    def count():
        return -admin.call(
            "queue.job", "search_count", [("method_name", "=", "sync_products"), *waiting.BUSY]
        ), 0

    waiting.until("Products taken over", count, seconds=60, explain=lambda: waiting.explain(admin))


def stock_the_warehouse(admin: Session) -> None:
    """Count every product of the shop into the warehouses, as the first inventory does."""
    warehouses = admin.search_read("stock.warehouse", [], ["lot_stock_id"])
    locations = [warehouse["lot_stock_id"][0] for warehouse in warehouses]
    variants = admin.search_read("o2c.shopify.variant", [("tracked", "=", True)], ["product_id"])
    products = sorted({variant["product_id"][0] for variant in variants})
    goods = admin.search("product.product", [("id", "in", products), ("is_storable", "=", True)])
    context = {**admin.context, "inventory_mode": True}
    quants = admin.call(
        "stock.quant",
        "create",
        [
            {"product_id": product, "location_id": location, "inventory_quantity": PIECES_IN_STOCK}
            for location in locations
            for product in goods
        ],
        context=context,
    )
    admin.call("stock.quant", "action_apply_inventory", quants, context=context)


def user(admin: Session, login: str, roles: tuple[str, ...]) -> str:
    """Create a user with these roles only; returns the password."""
    password = f"{login}-of-the-demo"
    groups = [admin.ref(role) for role in ("base.group_user", *roles)]
    admin.call(
        "res.users",
        "create",
        [{"name": login.capitalize(), "login": login, "password": password, "group_ids": [[6, 0, groups]]}],
    )
    return password


def log_in(admin: Session, login: str, roles: tuple[str, ...]) -> Session:
    """Create a user with these roles only, and log in as that user."""
    password = user(admin, login, roles)
    return Session(admin.url, admin.database, login, password)


def hurry_scheduled_actions(admin: Session) -> None:
    """Let what polls on a schedule run every minute: a demonstration cannot wait for an hour."""
    crons = admin.search("ir.cron", [("model_id.model", "like", "o2c.%")])
    for cron in crons:
        admin.call("ir.cron", "write", [cron], {"interval_number": 1, "interval_type": "minutes"})


# === For every kind of order === #

SECOND_WAREHOUSE = "Garden Lane Antwerp"


def second_warehouse(admin: Session) -> None:
    """The shop in Antwerp, under the name that it has at Shopify: the wizard then proposes it."""
    place = admin.call("res.partner", "create", [_antwerp(admin)])[0]
    admin.call("stock.warehouse", "create", [{"name": SECOND_WAREHOUSE, "code": "ANTW", "partner_id": place}])


def _antwerp(admin: Session) -> dict:
    return {
        "name": SECOND_WAREHOUSE,
        "street": "Kloosterstraat 101",
        "zip": "2000",
        "city": "Antwerpen",
        "country_id": admin.search("res.country", [("code", "=", "BE")])[0],
        "phone": "+32455000299",
        "email": "antwerp@example.com",
    }


def a_till(admin: Session) -> None:
    """What is paid over the counter is in the till at once: no statement will show it later."""
    journal = admin.call("account.journal", "create", [{"name": "Till", "code": "TILL", "type": "cash"}])[0]
    account = admin.search_read("account.journal", [("id", "=", journal)], ["default_account_id"])[0]
    methods = admin.search("account.payment.method.line", [("journal_id", "=", journal)])
    admin.call(
        "account.payment.method.line",
        "write",
        methods,
        {"payment_account_id": account["default_account_id"][0]},
    )


def every_way_to_pay(admin: Session, connections: Connections) -> None:
    """A bank transfer announced at the check-out comes in on the bank journal."""
    admin.call(
        "o2c.shopify.gateway",
        "create",
        [
            {
                "shop_id": connections.shop,
                "name": "Bank Deposit",
                "match": "exact",
                "journal_id": connections.bank_journal,
            }
        ],
    )
