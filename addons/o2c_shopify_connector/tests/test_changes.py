from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.tests import nodes
from .common import ShopCase

LATER = "2026-11-21T10:00:00Z"
WRITES = ("INSERT", "UPDATE", "DELETE")


@tagged("post_install", "-at_install")
class TestChanges(ShopCase):
    """What changes on an order that Odoo knows already."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def _writes(self, node):
        """The statements that change the database while this state of an order is looked at."""
        self.env.flush_all()
        statements = []
        with self.answers(node), contextmanager(self._patchExecute)(statements):
            self.shop._import_orders([node["id"]])
            self.env.flush_all()
        return [text for text in statements if text.lstrip().upper().startswith(WRITES)], statements

    def test_an_unchanged_order_costs_no_write(self):
        node = self._plain()
        self.take(node)
        writes, statements = self._writes(node)
        self.assertEqual(writes, [])
        self.assertLessEqual(len(statements), 15)

    def test_a_change_that_does_not_count_costs_one(self):
        """Shopify touches orders for many reasons; only the sweep has to remember this one."""
        node = self._plain()
        order = self.take(node)
        writes, _statements = self._writes({**node, "updatedAt": LATER})
        self.assertEqual(len(writes), 1, writes)
        self.assertEqual(str(order.shopify_updated_at), "2026-11-21 10:00:00")
        changed = {node["id"]: order.shopify_updated_at}
        self.assertEqual(self.shop._only_stale(changed), [])

    def test_an_order_that_was_read_incomplete_is_mended(self):
        whole = self._plain()
        order = self.take({**whole, "lineItems": {**whole["lineItems"], "nodes": []}})
        self.assertEqual((order.state, self.issues(order).kind), ("draft", "amount"))
        self.take(whole)
        self.assertPaid(order, "12.10", "2.10")

    # === Addresses === #

    def test_corrected_address_before_the_parcel_left(self):
        node = self._plain()
        order = self.take(node)
        corrected = nodes.address(address1="Kerkweg 99", city="Zeist")
        self.take({**node, "shippingAddress": corrected, "updatedAt": LATER})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.partner_shipping_id.street, "Kerkweg 99")
        self.assertEqual(order.picking_ids.partner_id.street, "Kerkweg 99")
        self.assertAmounts(order, "12.10", "2.10")
        self.assertFalse(order.picking_ids.activity_ids)
        # What a person chose afterwards stays, until Shopify says something new.
        other = self.env["res.partner"].create({"name": "By hand", "parent_id": order.partner_id.id})
        order.with_context(update_delivery_shipping_partner=True).partner_shipping_id = other
        self.take(
            {**node, "shippingAddress": corrected, "poNumber": "7", "updatedAt": "2026-11-22T10:00:00Z"}
        )
        self.assertEqual(order.partner_shipping_id, other)

    def test_corrected_address_after_the_parcel_left(self):
        node = self._plain()
        order = self.take(node)
        picking = order.picking_ids
        before = picking.partner_id
        picking.move_ids.picked = True
        picking._action_done()
        corrected = nodes.address(address1="Kerkweg 99", city="Zeist")
        self.take({**node, "shippingAddress": corrected, "updatedAt": LATER})
        self.assertIn("Kerkweg 99", self.issues(order).message)
        self.assertIn(picking.name, self.issues(order).message)
        self.assertEqual(picking.partner_id, before)

    def test_corrected_billing_address_before_the_invoice(self):
        self.shop.confirm_policy = "always"
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        draft = order._create_invoices()
        before = draft.partner_shipping_id
        corrected = nodes.address(firstName="Boek", lastName="Houder", address1="Postbus 5", city="Zeist")
        self.take({**node, "billingAddress": corrected, "updatedAt": LATER})
        self.assertEqual(self.issues(order).mapped("message"), [])
        bill_to = order.partner_invoice_id
        self.assertEqual(
            (bill_to.name, bill_to.street, bill_to.type), ("Boek Houder", "Postbus 5", "invoice")
        )
        self.assertEqual(bill_to.parent_id, order.partner_id)
        self.assertEqual((draft.state, draft.partner_id), ("draft", bill_to))
        self.assertEqual(draft.partner_shipping_id, before)
        self.assertAmounts(draft, "12.10", "2.10")
        # What a person chose afterwards stays, until Shopify says something new.
        other = self.env["res.partner"].create({"name": "By hand", "parent_id": order.partner_id.id})
        order.partner_invoice_id = other
        later = {**node, "billingAddress": corrected, "poNumber": "7", "updatedAt": "2026-11-22T10:00:00Z"}
        self.take(later)
        self.assertEqual(order.partner_invoice_id, other)
        draft.unlink()
        paid = [nodes.transaction(f"{node['id'].split('/')[-1]}1", "12.10")]
        again = nodes.address(address1="Kerkweg 99", city="Zeist")
        self.take(
            {
                **later,
                "billingAddress": again,
                "transactions": paid,
                "displayFinancialStatus": "PAID",
                "updatedAt": "2026-11-23T10:00:00Z",
            }
        )
        invoice = self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(invoice.partner_id.street, "Kerkweg 99")

    def test_corrected_billing_address_after_the_invoice(self):
        node = self._plain()
        order = self.take(node)
        invoice = self.assertPaid(order, "12.10", "2.10")
        before = order.partner_invoice_id
        corrected = {**node, "billingAddress": nodes.address(address1="Kerkweg 99"), "updatedAt": LATER}
        self.take(corrected)
        issue = self.issues(order)
        for words in (invoice.name, "Kerkweg 99", "Oudegracht 12"):
            self.assertIn(words, issue.message)
        self.assertEqual(
            (issue.kind, invoice.partner_id, order.partner_invoice_id), ("invoice", before, before)
        )
        # It is told once.
        issue.action_resolve()
        self.take({**corrected, "poNumber": "7", "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertFalse(self.issues(order))

    def test_billing_address_of_an_order_of_before(self):
        node = self._plain()
        order = self.take(node)
        order.shopify_billing_digest = False
        order.partner_invoice_id = self.env["res.partner"].create({"name": "By hand"})
        self.take({**node, "poNumber": "7", "updatedAt": LATER})
        self.assertFalse(self.issues(order))
        corrected = nodes.address(address1="Kerkweg 99")
        self.take({**node, "billingAddress": corrected, "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertIn("Kerkweg 99", self.issues(order).message)

    def test_corrected_billing_address_where_somebody_else_gets_the_bill(self):
        self.shop.confirm_policy = "always"
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        other = order.partner_invoice_id = self.env["res.partner"].create({"name": "Accountants BV"})
        corrected = nodes.address(address1="Kerkweg 99")
        self.take({**node, "billingAddress": corrected, "updatedAt": LATER})
        self.assertIn("Accountants BV", self.issues(order).message)
        self.assertEqual(order.partner_invoice_id, other)

    def test_a_draft_that_waits_keeps_the_billing_address_that_was_chosen(self):
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        other = self.env["res.partner"].create({"name": "By hand", "parent_id": order.partner_id.id})
        order.partner_invoice_id = other
        self.take({**node, "poNumber": "7", "updatedAt": LATER})
        self.assertEqual((order.state, order.partner_invoice_id), ("draft", other))
        corrected = nodes.address(address1="Kerkweg 99")
        self.take({**node, "billingAddress": corrected, "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertEqual(order.partner_invoice_id.street, "Kerkweg 99")

    def test_service_point_of_the_checkout(self):
        node = self._plain(
            customAttributes=[
                {"key": "Gift", "value": None},
                {"key": "service_point_id", "value": "11239983"},
                {"key": "service_point_name", "value": "Primera Lombok"},
                {"key": "service_point_street", "value": "Kanaalstraat 82"},
            ]
        )
        order = self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(
            {key: order.pickup_location_data[key] for key in ("id", "name", "street", "city")},
            {
                "id": "11239983",
                "name": "Primera Lombok",
                "street": "Kanaalstraat 82",
                "city": "Utrecht",
            },
        )
        self.assertTrue(order.partner_shipping_id.is_pickup_location)
        self.take({**node, "poNumber": "5", "updatedAt": LATER})
        self.assertTrue(order.partner_shipping_id.is_pickup_location)

    # === Risk === #

    def test_fraud_seen_after_the_order_was_confirmed(self):
        node = self._plain()
        order = self.take(node)
        risky = {**node, "risk": {"recommendation": "CANCEL"}, "updatedAt": LATER}
        self.take(risky)
        issue = self.issues(order)
        self.assertIn("Do not ship", issue.message)
        issue.action_ignore()
        self.take({**risky, "poNumber": "5", "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertFalse(self.issues(order))

    def test_a_risk_that_went_away(self):
        node = self._plain(risk={"recommendation": "CANCEL"})
        order = self.take(node)
        self.assertIn("fraud", self.issues(order).message)
        self.take({**node, "risk": {"recommendation": "ACCEPT"}, "updatedAt": LATER})
        self.assertPaid(order, "12.10", "2.10")

    # === One bad apple === #

    def test_one_order_that_fails_does_not_stop_the_others(self):
        nodes_ = [self._plain(note=str(number)) for number in range(3)]
        orders = self.take(*nodes_)
        model = type(self.env["sale.order"])
        real = model._shopify_update

        def fail(record, order, digest):
            if record == orders[1]:
                raise KeyError("something nobody thought of")
            return real(record, order, digest)

        later = [{**node, "displayFulfillmentStatus": "FULFILLED", "updatedAt": LATER} for node in nodes_]
        logger = "odoo.addons.o2c_shopify_connector.models.sale_order_step"
        with patch.object(model, "_shopify_update", fail), mute_logger(logger):
            self.take(*later)
        self.assertEqual(
            orders.mapped("shopify_fulfillment_status"), ["FULFILLED", "UNFULFILLED", "FULFILLED"]
        )
        self.assertIn("could not go on", self.issues(orders[1]).message)
        self.take(*later)
        self.assertEqual(set(orders.mapped("shopify_fulfillment_status")), {"FULFILLED"})
        self.assertFalse(self.issues(orders[1]))

    # === Deleted, or only hidden === #

    def test_old_orders_that_shopify_hides_are_not_called_deleted(self):
        self.shop.import_from = "2020-01-01 00:00:00"
        node = self._plain(processedAt="2020-03-01T10:00:00Z")
        order = self.take(node)
        with self.answers():
            self.shop._import_orders([order.shopify_gid])
        self.assertFalse(self.issues(order))
        self.assertIn("read_all_orders", self.issues(self.shop).message)
        self.assertIn(node["name"], self.issues(self.shop).message)
        self.shop.granted_scopes = "read_all_orders, read_orders"
        with self.answers():
            self.shop._import_orders([order.shopify_gid])
        self.assertIn("deleted in Shopify", self.issues(order).message)
