import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..lib.payload import external_reference, fingerprint
from .label import draw_label

# Base's delivery method, its code at Sendcloud, the company that carries, price, beginning of its numbers.
OPTIONS = (
    ("post", "postnl:standard", "PostNL", 5.15, "3SDEMO"),
    ("dhl", "dhl_parcel:connect", "DHL", 6.40, "JJDEMO"),
    ("dpd", "dpd:home", "DPD", 6.10, "0158DEMO"),
)
STEPS = (
    ("READY_TO_SEND", "Ready to send", timedelta(0)),
    ("PARCEL_EN_ROUTE", "Parcel en route", timedelta(hours=9)),
    ("DELIVERED", "Delivered", None),
)
# Younger deliveries have their label as a file.
WITH_FILE = 30
PROBLEMS = 2
PROBLEM = ("ADDRESS_INVALID", "Unable to deliver: address not found")


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"

    @api.model
    def _load_sendcloud(self):
        """The year's deliveries went with Sendcloud: labels, tracking, two parcels with a problem."""
        with self._building("a year of labels") as demo:
            if demo is not None:
                account = demo._make_sendcloud_account()
                demo._ship_by_sendcloud(account)
                demo._label_deliveries(account)

    @api.model
    def _make_sendcloud_account(self):
        account = self.env["o2c.sendcloud.account"].create(
            {
                "name": "Sendcloud (Demonstration)",
                "integration_name": "Demonstration",
                "state": "demo",
                # They open nothing; the settings show them masked, as they would yours.
                "public_key": "demonstration",
                "secret_key": secrets.token_hex(16),
                "user_id": self.env.ref("base.user_admin").id,
            }
        )
        countries = self.env["res.country"].search([("code", "in", ("NL", "BE", "DE", "FR", "AT"))])
        options = self.env["o2c.sendcloud.option"].create(
            [
                {
                    "account_id": account.id,
                    "name": self.env.ref(f"o2c_base.demo_carrier_{key}").name,
                    "code": code,
                    "carrier_code": code.split(":")[0],
                    "carrier_name": company,
                    "country_ids": countries.ids,
                    "max_weight": 30.0,
                    "multicollo": True,
                    "tracked": True,
                    "quote_price": price,
                    "quote_currency_id": self.env.company.currency_id.id,
                }
                for key, code, company, price, _numbers in OPTIONS
            ]
        )
        carriers = options._create_carriers()
        # Validating a delivery must not ask for a label that nobody sells.
        carriers.integration_level = "rate"
        return account

    @api.model
    def _ship_by_sendcloud(self, account):
        """Let the orders go with Sendcloud's delivery methods, in place of those without a label."""
        orders = self._orders("web", "wholesale")
        for key, code, *_rest in OPTIONS:
            before = self.env.ref(f"o2c_base.demo_carrier_{key}")
            after = account.option_ids.filtered(lambda option, code=code: option.code == code)
            carrier = after.delivery_carrier_ids
            own = orders.filtered(lambda order, before=before: order.carrier_id == before)
            own.picking_ids.carrier_id = carrier
            own.carrier_id = carrier
            before.active = False

    @api.model
    def _label_deliveries(self, account):
        random = self._random("sendcloud")
        uuid = account._current_database_uuid()
        pickings = self._orders("web", "wholesale").picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.carrier_id.sendcloud_account_id == account
        )
        moving = pickings.filtered(lambda picking: not picking.o2c_delivered_at).sorted("date_done")

        def words(picking):
            return "Delivered" if picking.o2c_delivered_at else "Parcel en route"

        numbers = {code: beginning for _key, code, _company, _price, beginning in OPTIONS}
        shipments = self.env["o2c.sendcloud.shipment"].create(
            [
                {
                    "picking_id": picking.id,
                    "account_id": account.id,
                    "company_id": picking.company_id.id,
                    "carrier_id": picking.carrier_id.id,
                    "external_reference_id": external_reference(uuid, picking.id, "o", 1),
                    "payload": "{}",
                    "payload_hash": fingerprint("{}"),
                    "state": "delivered" if picking.o2c_delivered_at else "in_transit",
                    "remote_id": f"demo-{picking.id}",
                    "shipping_company": picking.carrier_id.sendcloud_option_id.carrier_name,
                    "message": words(picking),
                    "announced_at": picking.date_done,
                    "delivered_at": picking.o2c_delivered_at,
                    "parcel_ids": [
                        fields.Command.create(
                            {
                                "weight": picking.shipping_weight or picking.weight,
                                "remote_id": f"demo-{picking.id}-1",
                                "tracking_number": numbers[picking.carrier_id.sendcloud_option_code]
                                + str(random.randint(10**7, 10**8 - 1)),
                                "status_message": "Delivered"
                                if picking.o2c_delivered_at
                                else "Parcel en route",
                            }
                        )
                    ],
                }
                for picking in pickings
            ]
        )
        self._tell_the_way(shipments)
        self._attach_labels(shipments)
        for shipment in shipments:
            shipment.picking_id.carrier_tracking_ref = shipment.tracking_numbers
        for shipment in shipments.filtered(lambda shipment: shipment.picking_id in moving[:PROBLEMS]):
            code, told = PROBLEM
            found_out = min(shipment.announced_at + timedelta(hours=20), self._moment(0, 8))
            parcel = shipment.parcel_ids
            parcel.write({"status_code": code, "status_message": told})
            self.env["o2c.sendcloud.event"].create(
                {"parcel_id": parcel.id, "occurred_at": found_out, "code": code, "message": told}
            )
            shipment.write({"state": "exception", "message": told})
            shipment._report_exception()
            self._backdate_issues(shipment.picking_id, found_out)

    @api.model
    def _tell_the_way(self, shipments):
        events = []
        for shipment in shipments:
            for code, words, after in STEPS:
                if after is None and not shipment.delivered_at:
                    continue
                moment = shipment.delivered_at if after is None else shipment.announced_at + after
                events.append(
                    {
                        "parcel_id": shipment.parcel_ids.id,
                        "occurred_at": min(moment, fields.Datetime.now()),
                        "code": code,
                        "message": words,
                    }
                )
        self.env["o2c.sendcloud.event"].create(events)

    @api.model
    def _attach_labels(self, shipments):
        since = fields.Datetime.now() - timedelta(days=WITH_FILE)
        for shipment in shipments.filtered(lambda shipment: shipment.announced_at >= since):
            parcel, partner = shipment.parcel_ids, shipment.partner_id
            place = f"{partner.zip} {partner.city}, {partner.country_id.code}"
            content = draw_label(
                shipment.carrier_id.name,
                parcel.tracking_number,
                [partner.name, partner.street, place],
            )
            parcel.label_id = shipment._attach(parcel, "Label", content)
            shipment.label_ready = True
