import json
from html import escape
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.payload import fingerprint, reference_prefix
from ..lib.remote import read_announcement
from .common import SendcloudCase


class TestAnnounce(SendcloudCase):
    def test_validating_writes_an_intent_and_calls_nobody(self):
        before = len(self.calls())
        picking = self.validated()
        self.assertEqual(len(self.calls()), before)
        shipment = picking.sendcloud_shipment_ids
        self.assertEqual(shipment.state, "queued")
        self.assertEqual(fingerprint(shipment.payload), shipment.payload_hash)
        prefix = reference_prefix(self.account._current_database_uuid())
        self.assertEqual(shipment.external_reference_id, f"{prefix}{picking.id}-o-1")
        self.assertTrue(picking._o2c_awaits_label())
        self.assertFalse(picking.carrier_tracking_ref)

    def test_label_pdf_and_tracking_come_back(self):
        picking = self.labelled()
        shipment = picking.sendcloud_shipment_ids
        (ledger,) = self.sold()
        self.assertEqual(shipment.remote_id, ledger["shipment_id"])
        self.assertEqual(ledger["external_reference_id"], shipment.external_reference_id)
        self.assertEqual(picking.carrier_tracking_ref, ledger["tracking_numbers"][0])
        self.assertTrue(picking.carrier_tracking_url.startswith("http"))
        label = shipment.parcel_ids.label_id
        self.assertTrue(label.raw.startswith(b"%PDF"))
        self.assertEqual((label.res_model, label.res_id), ("stock.picking", picking.id))
        self.assertFalse(picking._o2c_awaits_label())
        tracking = picking._o2c_tracking()
        self.assertEqual(tracking[0]["number"], picking.carrier_tracking_ref)
        self.assertEqual(tracking[0]["company"], "PostNL")
        followed = picking.sale_id.o2c_tracking
        self.assertIn(f'href="{escape(picking.carrier_tracking_url)}"', followed)
        self.assertIn(picking.carrier_tracking_ref, followed)
        self.assertFalse(self.issues(picking))

    def test_hooks_and_mail_come_with_the_tracking_not_before(self):
        self.company.stock_move_email_validation = True
        calls = []
        model = type(self.env["stock.picking"])

        def ready(pickings):
            calls.append(pickings.carrier_tracking_ref)

        with patch.object(model, "_o2c_label_ready", ready):
            picking = self.validated()
            self.assertFalse(self.mails(picking))
            self.run_jobs()
        self.assertEqual(calls, [picking.carrier_tracking_ref])
        self.assertEqual(len(self.mails(picking)), 1)
        self.assertIn(picking.carrier_tracking_ref, self.mails(picking).body)
        self.assertIn(escape(picking.carrier_tracking_url), self.mails(picking).body)

    def test_the_customer_gets_one_tracking_mail(self):
        """Odoo's, and Sendcloud has no address to write to; or Sendcloud's, and Odoo keeps quiet."""
        self.company.stock_move_email_validation = True
        picking = self.labelled()
        self.assertEqual(len(self.mails(picking)), 1)
        self.assertNotIn("email", json.loads(picking.sendcloud_shipment_ids.payload)["to_address"])
        self.account.tracking_mail = "sendcloud"
        picking = self.labelled()
        self.assertFalse(self.mails(picking))
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        self.assertEqual(body["to_address"]["email"], "jane@example.com")
        # A shop that has its own say about its orders.
        for told_by, mails, shared in (("carrier", 0, True), ("odoo", 1, False)):
            self.account.tracking_mail = "odoo" if shared else "sendcloud"
            with patch.object(type(picking), "_o2c_told_by", return_value=told_by):
                picking = self.labelled()
            body = json.loads(picking.sendcloud_shipment_ids.payload)
            self.assertEqual((len(self.mails(picking)), "email" in body["to_address"]), (mails, shared))

    def test_a_carrier_that_asks_for_the_address_gets_it(self):
        self.carrier.sendcloud_option_id.required_fields = "to_email"
        picking = self.validated()
        self.assertIn('"email":"jane@example.com"', picking.sendcloud_shipment_ids.payload)

    def mails(self, picking):
        comment = self.env.ref("mail.mt_comment")
        return picking.message_ids.filtered(lambda message: message.subtype_id == comment)

    def test_the_whole_chain_gets_the_tracking_and_one_label(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.make_order()
        order.picking_ids.move_ids.filtered(lambda move: move.state == "assigned")
        picks = order.picking_ids.sorted("id")
        for picking in picks:
            picking.picking_type_id.print_label = True
        while todo := order.picking_ids.filtered(lambda picking: picking.state == "assigned"):
            for picking in todo:
                picking.move_ids.picked = True
                picking.button_validate()
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.run_jobs()
        self.assertEqual(len(self.sold()), 1)
        self.assertEqual(len(set(order.picking_ids.mapped("carrier_tracking_ref"))), 1)

    def test_a_warehouse_user_needs_no_rights_on_the_outbox(self):
        user = new_test_user(self.env, "packer", groups="stock.group_stock_user")
        picking = self.make_picking().with_user(user)
        picking.button_validate()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        content, extension = picking._sendcloud_labels_file()
        self.assertEqual(extension, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_test_mode_can_only_buy_a_letter(self):
        self.account.test_mode = True
        picking = self.validated(carrier=self.carrier)
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        self.assertEqual(body["ship_with"]["properties"], {"shipping_option_code": "sendcloud:letter"})
        self.run_jobs()
        self.assertTrue(picking.sendcloud_shipment_ids.is_test)
        self.assertEqual(self.sold()[0]["price"], "0.00")

    def test_rate_only_carriers_buy_nothing(self):
        self.carrier.integration_level = "rate"
        picking = self.validated()
        self.assertFalse(picking.sendcloud_shipment_ids)
        self.assertFalse(picking._o2c_awaits_label())

    def test_real_cost_is_charged_once_when_it_is_known(self):
        self.carrier.invoice_policy = "real"
        order = self.make_order(quantity=5)
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertFalse(order.order_line.filtered("is_delivery"))
        self.run_jobs()
        shipping = order.order_line.filtered("is_delivery")
        self.assertAlmostEqual(shipping.price_unit, 6.75)
        self.assertAlmostEqual(picking.carrier_price, 6.75)
        picking.action_sendcloud_new_label()
        self.run_jobs()
        self.assertEqual(order.order_line.filtered("is_delivery"), shipping)

    def test_estimated_cost_leaves_the_order_alone(self):
        order = self.make_order()
        lines, total = order.order_line, order.amount_total
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.run_jobs()
        self.assertEqual(order.order_line, lines)
        self.assertEqual(order.amount_total, total)

    def test_a_letter_without_tracking_has_its_mail_too(self):
        self.company.stock_move_email_validation = True
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        with patch.object(type(shipment.parcel_ids), "_values_from_remote", self.without_tracking):
            self.run_jobs()
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertFalse(picking._o2c_awaits_label())
        self.assertEqual(len(self.mails(picking)), 1)
        self.assertEqual(len(self.sold()), 1)

    @staticmethod
    def without_tracking(parcel, remote):
        return {"remote_id": remote.id, "status_code": remote.status_code}


class TestNothingTwice(SendcloudCase):
    """Labels sold = deliveries, whatever happens in between."""

    def test_rolled_back_validation_buys_nothing(self):
        picking = self.make_picking()
        with self.assertRaises(UserError), self.cr.savepoint():
            picking.button_validate()
            raise UserError(picking.name)
        self.run_jobs()
        self.assertFalse(picking.sendcloud_shipment_ids)
        self.assertEqual(self.sold(), [])

    def test_double_click(self):
        picking = self.validated()
        picking.button_validate()
        picking.send_to_shipper()
        self.run_jobs()
        picking.send_to_shipper()
        self.run_jobs()
        self.assertEqual(len(picking.sendcloud_shipment_ids), 1)
        self.assertEqual(len(self.sold()), 1)

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_a_second_active_row(self):
        shipment = self.validated().sendcloud_shipment_ids
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            shipment.copy({"external_reference_id": "another", "attempt": 2})

    def test_the_answer_never_came(self):
        picking = self.validated()
        self.fault("timeout_after", match="announce", times=1)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_the_request_never_arrived(self):
        picking = self.validated()
        self.fault("timeout_before", match="announce", times=1)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_half_an_answer(self):
        picking = self.validated()
        self.fault("broken_json", match="announce", times=1)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_killed_between_the_sale_and_the_commit(self):
        """A crash loses everything the job wrote, and the runner starts it again."""
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            shipment._announce()
            raise ZeroDivisionError
        shipment.invalidate_recordset()
        self.assertEqual(shipment.state, "queued")
        self.assertEqual(len(self.sold()), 1)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)
        self.assertEqual(shipment.remote_id, self.sold()[0]["shipment_id"])

    def test_sendcloud_is_down_for_a_while(self):
        picking = self.validated()
        self.fault("500", match="announce", times=5)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_too_many_requests_wait_without_using_up_a_try(self):
        shipment = self.validated().sendcloud_shipment_ids
        self.fault("429", match="announce", times=3)
        with self.assertRaises(RetryableJobError) as caught:
            shipment._job_announce()
        self.assertTrue(caught.exception.ignore_retry)
        self.run_jobs()
        self.assertTrue(shipment.label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_a_failed_download_buys_nothing_again(self):
        picking = self.validated()
        before = len(self.calls("POST", "/shipments/announce"))
        self.warehouse.sendcloud_label_format = "pdf_a4"
        self.fault("500", match="documents", times=4)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)
        self.assertEqual(len(self.calls("POST", "/shipments/announce")) - before, 1)

    def test_trouble_of_a_listener_keeps_the_label(self):
        picking = self.validated()
        model = type(self.env["stock.picking"])
        with (
            patch.object(model, "_o2c_label_ready", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.queue_job"),
        ):
            self.run_jobs(raise_failures=False)
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_a_lost_job_is_found_by_the_cron(self):
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        self.env["queue.job"].search([]).unlink()
        self.cr.execute(
            "UPDATE o2c_sendcloud_shipment SET create_date = create_date - interval '1 hour' WHERE id = %s",
            [shipment.id],
        )
        self.env["o2c.sendcloud.account"]._cron_poll()
        self.assertIn(picking.name, self.issues(self.account, "waiting").message)
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.env["o2c.sendcloud.account"]._cron_poll()
        self.assertFalse(self.issues(self.account, "waiting"))

    def test_old_addresses_are_forgotten(self):
        old, recent = self.labelled(), self.labelled()
        shipments = (old | recent).sendcloud_shipment_ids
        self.scan("delivered")
        shipments.action_refresh()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE o2c_sendcloud_shipment SET create_date = create_date - interval '1 year' WHERE id = %s",
            [old.sendcloud_shipment_ids.id],
        )
        shipments._gc_payloads()
        self.assertNotIn("Amsterdam", old.sendcloud_shipment_ids.payload)
        self.assertIn("Amsterdam", recent.sendcloud_shipment_ids.payload)

    def test_payload_changed_behind_our_back_is_not_sent(self):
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        shipment.payload = shipment.payload.replace("Amsterdam", "Rotterdam")
        self.run_jobs()
        self.assertEqual(self.sold(), [])
        self.assertIn("changed after", self.issues(picking).message)


class TestRefusals(SendcloudCase):
    def test_the_carrier_refuses(self):
        """Sendcloud answers 201, with a failed parcel and the carrier's words."""
        customer = self.make_customer(zip="1012")
        picking = self.validated(customer=customer)
        self.run_jobs()
        first = picking.sendcloud_shipment_ids
        self.assertEqual(first.state, "failed")
        self.assertEqual(self.calls("POST", "/shipments/announce")[-1]["status"], 201)
        self.assertEqual(self.sold(), [])
        issue = self.issues(picking)
        self.assertIn("the postal code 1012 is not valid", issue.message)
        customer.zip = "1012 AB"
        issue.action_retry()
        self.run_jobs()
        self.assertEqual(sorted(picking.sendcloud_shipment_ids.mapped("attempt")), [1, 2])
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)
        self.assertFalse(self.issues(picking))

    def test_the_carrier_refuses_after_a_while(self):
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        client = type(self.account._client())
        answers = {
            "announcing": {"code": "ANNOUNCING", "message": "Being announced"},
            "failed": {"code": "ANNOUNCEMENT_FAILED", "message": "Announcement failed"},
        }

        def shown(state, *errors):
            parcel = {"id": 1, "status": answers[state]}
            return {"id": "22222222-2222-2222-2222-222222222222", "parcels": [parcel], "errors": list(errors)}

        pending = read_announcement(201, {"data": shown("announcing")})
        refused = read_announcement(201, {"data": shown("failed", {"detail": "No such street."})})
        with (
            patch.object(client, "announce", lambda *args, **kwargs: pending),
            patch.object(client, "shipment", lambda *args: refused.shipment),
        ):
            shipment._job_announce()
            self.assertEqual(shipment.state, "announcing")
            shipment._job_labels()
        self.assertEqual(shipment.state, "failed")
        issue = self.issues(picking)
        self.assertIn("No such street.", issue.message)
        self.env["queue.job"].search([]).unlink()
        issue.action_retry()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)

    def test_sendcloud_words_name_the_odoo_field(self):
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        body = json.loads(shipment.payload)
        body["to_address"]["country_code"] = "Holland"
        text = json.dumps(body)
        shipment.write({"payload": text, "payload_hash": fingerprint(text)})
        self.run_jobs()
        issue = self.issues(picking)
        self.assertIn("Country of Jane Doe", issue.message)
        self.assertIn("nothing was bought", issue.message)
        self.assertEqual(self.sold(), [])

    def test_one_issue_for_wrong_keys_however_many_deliveries_wait(self):
        pickings = self.validated() | self.validated() | self.validated()
        self.account.secret_key = "changed-at-sendcloud"
        self.run_jobs()
        self.assertFalse(self.issues(pickings))
        issue = self.issues(self.account)
        self.assertEqual(len(issue), 1)
        self.account.secret_key = self.credentials["sendcloud"]["secret_key"]
        issue.action_retry()
        self.run_jobs()
        self.assertEqual(len(self.sold()), 3)
        self.assertTrue(all(pickings.mapped("sendcloud_label_ready")))

    def test_a_shipment_of_another_delivery_under_our_reference_is_not_taken(self):
        """As after a restored backup: the same number, but somebody else's parcel."""
        first = self.labelled(customer=self.make_customer(name="Somebody Else", zip="9711 LM"))
        reference = first.sendcloud_shipment_ids.external_reference_id
        picking = self.validated()
        shipment = picking.sendcloud_shipment_ids
        body = json.loads(shipment.payload)
        body["external_reference_id"] = reference
        text = json.dumps(body)
        shipment.write({"payload": text, "payload_hash": fingerprint(text)})
        self.run_jobs()
        self.assertEqual(shipment.state, "failed")
        self.assertFalse(picking.carrier_tracking_ref)
        issue = self.issues(picking)
        self.assertIn("another one", issue.message)
        issue.action_retry()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertNotEqual(picking.carrier_tracking_ref, first.carrier_tracking_ref)
