"""Labels sold = deliveries, on a real server that is killed and on one that two people use at once."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from tools import databases, odoo_source, postgres, serving
from tools.console import Failure
from tools.demo.control import new_world
from tools.demo.rpc import Session
from tools.odoo import Environment


@pytest.fixture(scope="module")
def environment():
    source = odoo_source.find(os.environ.get("O2C_ODOO"))
    with postgres.running(os.environ.get("O2C_PG")) as server:
        yield Environment(source, server)


def sold(world):
    """Sendcloud's own list of labels that it sold."""
    return world.get("sendcloud/labels")["labels"]


class Shop:
    """An Odoo that is connected to Sendcloud, with something to send."""

    def __init__(self, url, database, world):
        self.login = (url, database, "admin", "admin")
        self.admin = Session(*self.login)
        keys = world.get("credentials")["sendcloud"]
        call = self.admin.call
        call("ir.config_parameter", "set_param", "o2c.sendcloud_endpoint", f"{world.url}/sendcloud")
        values = {"public_key": keys["public_key"], "secret_key": keys["secret_key"]}
        account = call("o2c.sendcloud.account", "create", [values])[0]
        call("o2c.sendcloud.account", "action_test_connection", [account])
        call("o2c.sendcloud.account", "action_sync_shipping_options", [account])
        option = self.admin.search("o2c.sendcloud.option", [("code", "=", "postnl:standard")])
        call("o2c.sendcloud.option", "action_create_carriers", option)
        self.carrier = self.admin.search("delivery.carrier", [("sendcloud_option_id", "in", option)])[0]
        product = {"name": "Trowel", "type": "consu", "weight": 0.8, "list_price": 12.5}
        self.product = call("product.product", "create", [product])[0]
        address = {
            "name": "Jane Doe",
            "street": "Kerkstraat 12",
            "zip": "1012 AB",
            "city": "Amsterdam",
            "country_id": self.admin.ref("base.nl"),
            "email": "jane@example.com",
        }
        self.customer = call("res.partner", "create", [address])[0]

    def delivery(self):
        line = {"product_id": self.product, "product_uom_qty": 1}
        values = {
            "partner_id": self.customer,
            "carrier_id": self.carrier,
            "order_line": [[0, 0, line]],
        }
        order = self.admin.call("sale.order", "create", [values])[0]
        self.admin.call("sale.order", "action_confirm", [order])
        return self.admin.search("stock.picking", [("sale_id", "=", order)])[0]

    def validate(self, *pickings):
        """As one person with a session of their own; tells whether Odoo accepted it."""
        try:
            Session(*self.login).call("stock.picking", "button_validate", list(pickings))
        except Failure:
            return False
        return True

    def tracking(self, picking, seconds=90):
        """The tracking number, once the label is there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            fields = ["carrier_tracking_ref", "sendcloud_label_ready"]
            row = Session(*self.login).call("stock.picking", "read", [picking], fields)[0]
            if row["sendcloud_label_ready"]:
                return row["carrier_tracking_ref"]
            time.sleep(0.5)
        pytest.fail("The label did not come.")
        return None


@contextmanager
def running(environment, database):
    with serving.odoo(environment, database) as server:
        yield server


def wait_for(condition, seconds=180):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def kill(server):
    """As when somebody trips over the cable."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(30)


def test_two_browsers_and_a_killed_server_buy_no_label_twice(environment):
    with (
        serving.sandbox(environment) as stand_in,
        databases.copy(environment, f"o2c_once_{os.getpid()}") as database,
    ):
        world = new_world(stand_in.url, shop="empty")
        with running(environment, database) as server:
            shop = Shop(server.url, database, world)
            shared, *wave = (shop.delivery() for _delivery in range(8))

            threads = [threading.Thread(target=shop.validate, args=(shared,)) for _person in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            number = shop.tracking(shared)
            assert [label["tracking_numbers"] for label in sold(world)] == [[number]]

            # Sendcloud sells the label, and its answer never comes: the job waits for it.
            world.post(
                "faults", platform="sendcloud", kind="timeout_after", rate=1.0, times=1, match="announce"
            )
            assert shop.validate(*wave)
            wait_for(lambda: len(sold(world)) == 2)
            kill(server)

        # Once more, at whatever the job is doing when some labels of the wave are sold.
        with running(environment, database) as server:
            wait_for(lambda: len(sold(world)) >= 4)
            kill(server)

        with running(environment, database) as server:
            shop.login = (server.url, *shop.login[1:])
            numbers = {shop.tracking(picking) for picking in wave}
            labels = sold(world)
            assert len(labels) == 1 + len(wave)
            assert {label["tracking_numbers"][0] for label in labels[1:]} == numbers
