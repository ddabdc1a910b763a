import json

from odoo.tests import tagged

from ..lib.hints import SWEEP
from ..models.shop_webhooks import HINTS
from .common_sandbox import GardenCase


@tagged("post_install", "-at_install")
class TestInboxLimits(GardenCase):
    """However many hints, and whatever Shopify refuses: what comes after is dealt with."""

    def receive(self, topic, body, delivery):
        return self.env["o2c.inbox.event"]._receive(self.shop, topic, delivery, json.dumps(body))

    def test_more_parts_than_one_question_takes(self):
        """A hint about a fulfilment order that was moved names two of them."""
        made = self.checkout("plain", seed=81)[0]
        part = self.control("GET", f"shopify/order?order={made['gid']}")["fulfillmentOrders"][0]["id"]
        events = self.env["o2c.inbox.event"]
        for number in range(HINTS):
            gids = [f"gid://shopify/FulfillmentOrder/{number}{end}" for end in (1, 2)]
            body = {
                "original_fulfillment_order": {"id": gids[0] if number else part},
                "moved_fulfillment_order": {"id": gids[1]},
            }
            events |= self.receive("fulfillment_orders/moved", body, f"moved-{number}")
        self.run_jobs()
        self.assertEqual(set(events.mapped("state")), {"done"})
        self.assertTrue(self.order(made))
        self.assertFalse(self.issues(self.shop))

    def test_a_hint_that_shopify_refuses_is_set_aside(self):
        made = self.checkout("plain", "plain", seed=82)
        bad = self.receive(
            "fulfillment_orders/placed_on_hold",
            {"fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/none"}},
            "bad",
        )
        worse = self.receive("orders/updated", {"admin_graphql_api_id": "gid://shopify/Order/none"}, "worse")
        good = self.env["o2c.inbox.event"]
        for number, order in enumerate(made):
            good |= self.receive("orders/create", {"admin_graphql_api_id": order["gid"]}, f"good-{number}")
        self.run_jobs()
        self.assertEqual(set(good.mapped("state")), {"done"})
        self.assertEqual((bad | worse).mapped("state"), ["failed", "failed"])
        self.assertTrue(all(self.order(order) for order in made))
        self.assertEqual(set(self.issues(self.shop).mapped("kind")), {"data"})

    def test_orders_of_a_refused_sweep_are_looked_at_one_by_one(self):
        made = self.checkout("plain", seed=83)[0]
        event = self.receive(SWEEP, {"orders": ["gid://shopify/Order/none", made["gid"]]}, "sweep")
        for _job in range(3):
            self.shop._process_inbox()
        self.assertEqual(event.state, "done")
        self.assertTrue(self.order(made))
        self.assertEqual(self.issues(self.shop).mapped("kind"), ["data"])

    def test_nothing_is_set_aside_while_the_keys_are_wrong(self):
        made = self.checkout("plain", seed=84)[0]
        scopes = self.shop.granted_scopes.split(", ")
        self.control("POST", "shopify/access", {"revoke_scopes": ["read_orders", "write_orders"]})
        self.addCleanup(self.control, "POST", "shopify/access", {"scopes": scopes})
        event = self.receive("orders/create", {"admin_graphql_api_id": made["gid"]}, "early")
        self.run_jobs()
        self.assertEqual(event.state, "new")
