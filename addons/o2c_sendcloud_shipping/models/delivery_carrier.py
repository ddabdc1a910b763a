import json
import math
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...o2c_base.lib.http import O2cError
from ...o2c_base.words import in_words
from ..lib.memory import Memory
from ..lib.options import OptionQuery
from ..lib.payload import Parcel
from ..lib.points import read_points

# Prices change with contracts, not by the minute, and asking counts against the write limit.
_quotes = Memory(seconds=3600)


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("sendcloud", "Sendcloud")], ondelete={"sendcloud": "set default"}
    )
    sendcloud_option_id = fields.Many2one(
        "o2c.sendcloud.option",
        string="Shipping Option",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("returns", "=", False)],
        help="What Sendcloud sells: a shipping company's product, under one contract.",
    )
    sendcloud_account_id = fields.Many2one(
        related="sendcloud_option_id.account_id", store=True, index="btree_not_null"
    )
    sendcloud_option_code = fields.Char(related="sendcloud_option_id.code", string="Option Code")
    sendcloud_incoterm = fields.Char(related="sendcloud_option_id.incoterm", string="Duties (Incoterm)")
    sendcloud_contract = fields.Char(related="sendcloud_option_id.contract_name", string="Contract")
    sendcloud_needs_service_point = fields.Boolean(related="sendcloud_option_id.needs_service_point")
    # The name that Odoo's location selector looks for at the check-out.
    sendcloud_use_locations = fields.Boolean(
        related="sendcloud_option_id.needs_service_point", string="Use Pick-up Locations"
    )
    sendcloud_return_option_id = fields.Many2one(
        "o2c.sendcloud.option",
        string="Return Option",
        ondelete="restrict",
        domain="[('returns', '=', True), ('account_id', '=', sendcloud_account_id)]",
        help="What is bought when a return label is asked for.",
    )

    @api.constrains("delivery_type", "sendcloud_option_id")
    def _check_sendcloud_option(self):
        for carrier in self:
            if carrier.delivery_type == "sendcloud" and not carrier.sendcloud_option_id:
                raise ValidationError(
                    self.env._(
                        "Choose the shipping option that %s stands for. If there is none to "
                        'choose, press "Look up shipping options" on the Sendcloud account.',
                        carrier.name,
                    )
                )

    @api.depends("sendcloud_return_option_id")
    def _compute_can_generate_return(self):
        result = super()._compute_can_generate_return()
        for carrier in self.filtered(lambda carrier: carrier.delivery_type == "sendcloud"):
            carrier.can_generate_return = bool(carrier.sendcloud_return_option_id)
        return result

    def _compute_supports_shipping_insurance(self):
        result = super()._compute_supports_shipping_insurance()
        for carrier in self.filtered(lambda carrier: carrier.delivery_type == "sendcloud"):
            carrier.supports_shipping_insurance = True
        return result

    def _o2c_reports_delivery(self):
        if self.delivery_type == "sendcloud":
            return True
        return super()._o2c_reports_delivery()

    def _sendcloud_get_default_custom_package_code(self):
        return "package"

    # === Price === #

    def sendcloud_rate_shipment(self, order):
        """Sendcloud's price of today for this order, in the company's currency."""
        self.ensure_one()
        if not self._match_address(order.partner_shipping_id):
            return self._sendcloud_no_rate(self.env._("This delivery method does not go to this address."))
        try:
            query = self._sendcloud_order_query(order)
            option = self._sendcloud_ask(query)
        except (O2cError, UserError) as error:
            return self._sendcloud_no_rate(in_words(self.env, error))
        if option is None:
            return self._sendcloud_no_rate(
                self.env._("Sendcloud does not offer %s for this address and weight.", self.name)
            )
        warning = False
        price = self._sendcloud_company_price(option.quote)
        if option.quote is None:
            price = self.product_id.list_price
            warning = self.env._(
                "Sendcloud knows no price for this contract; the sales price of %s is used.",
                self.product_id.name,
            )
        return {"success": True, "price": price, "error_message": False, "warning_message": warning}

    def _sendcloud_no_rate(self, message):
        return {
            "success": False,
            "price": 0.0,
            "error_message": message,
            "warning_message": False,
        }

    def _sendcloud_order_query(self, order):
        weight = self.env.context.get("order_weight") or order.shipping_weight
        weight = self.env["product.template"]._sendcloud_to_kg(weight)
        if weight <= 0:
            raise UserError(
                self.env._("The products of this order weigh nothing. Fill in Weight on the products.")
            )
        limit = Decimal(str(self.sendcloud_option_id.max_weight))
        # As many equal parcels as the option's limit makes necessary; a packer may decide otherwise.
        count = math.ceil(weight / limit) if limit else 1
        parcels = (Parcel(weight=weight / count),) * count
        address = order.partner_shipping_id
        point = (order.pickup_location_data or {}).get("id") or ""
        return self._sendcloud_query(
            order.warehouse_id, address.country_id.code, address.zip, parcels, str(point)
        )

    def _sendcloud_query(self, warehouse, country, postal_code, parcels, service_point=""):
        sender = warehouse.sendcloud_sender_id
        origin = warehouse.partner_id or warehouse.company_id.partner_id
        if not country:
            raise UserError(self.env._("The delivery address has no country. Fill it in on the contact."))
        return OptionQuery(
            from_country=sender.country_code or origin.country_id.code or "",
            to_country=country,
            parcels=parcels,
            from_postal_code=sender.postal_code or origin.zip or "",
            to_postal_code=postal_code or "",
            option_code=self.sendcloud_option_id.code,
            contract_id=self.sendcloud_option_id.contract_id or None,
            service_point_id=service_point if self.sendcloud_needs_service_point else "",
        )

    def _sendcloud_memory_key(self, query):
        account = self.sendcloud_account_id
        return (self.env.cr.dbname, account.id, json.dumps(query.body(), sort_keys=True))

    def _sendcloud_ask(self, query):
        """The option that ``query`` asks for, with a quote; None when it is not offered."""
        key = self._sendcloud_memory_key(query)
        known = _quotes.get(key)
        if known is None:
            # Customers at a check-out ask for prices, too; the keys stay on the server.
            offered = self.sendcloud_account_id.sudo()._client().shipping_options(query)
            known = (next((option for option in offered if option.code == query.option_code), None),)
            _quotes.put(key, known)
        return known[0]

    def _sendcloud_company_price(self, quote):
        """A quote in the currency of the company, 0 when there is none."""
        if quote is None:
            return 0.0
        company = self.company_id or self.sendcloud_account_id.company_id
        currency = self.env["res.currency"].search([("name", "=", quote.currency)], limit=1)
        if not currency:
            return float(quote.price)
        return currency._convert(
            float(quote.price), company.currency_id, company, fields.Date.context_today(self)
        )

    def _sendcloud_known_price(self, picking):
        """What the label of ``picking`` will cost as far as it is known without asking."""
        option = self.sendcloud_option_id
        weight = picking.env["product.template"]._sendcloud_to_kg(picking.shipping_weight)
        if picking.partner_id.country_id:
            query = self._sendcloud_query(
                picking.picking_type_id.warehouse_id,
                picking.partner_id.country_id.code,
                picking.partner_id.zip,
                (Parcel(weight=weight),),
            )
            known = _quotes.get(self._sendcloud_memory_key(query))
            if known and known[0] and known[0].quote:
                return self._sendcloud_company_price(known[0].quote)
        if not option.quote_currency_id:
            return option.quote_price
        company = picking.company_id
        return option.quote_currency_id._convert(
            option.quote_price, company.currency_id, company, fields.Date.context_today(self)
        )

    def _sendcloud_parcels_price(self, picking, weights):
        """What Sendcloud asks for parcels of these weights (kg), in the company's currency.

        :raises O2cError: when Sendcloud cannot be asked.
        """
        partner = picking._sendcloud_recipient()
        query = self._sendcloud_query(
            picking.picking_type_id.warehouse_id,
            partner.country_id.code,
            partner.zip,
            tuple(Parcel(weight=Decimal(str(weight))) for weight in weights),
            picking.sendcloud_service_point or "",
        )
        option = self._sendcloud_ask(query)
        if option is None or option.quote is None:
            return self.product_id.list_price
        return self._sendcloud_company_price(option.quote)

    # === Service points === #

    def _sendcloud_get_close_locations(self, partner_address, **_options):
        """Service points near an address, in the form of Odoo's location selector.

        :raises UserError: when Sendcloud cannot say.
        """
        self.ensure_one()
        # Customers look for points, too; the keys stay on the server.
        account = self.sendcloud_account_id.sudo()
        try:
            points = account._client().service_points(
                partner_address.country_id.code or "",
                partner_address.zip or "",
                [self.sendcloud_option_id.carrier_code],
            )
        except O2cError as error:
            raise UserError(
                self.env._(
                    "Sendcloud could not look up service points: %s Try another ZIP, or again later.",
                    in_words(self.env, error),
                )
            ) from error
        return [point.location() for point in read_points(points)]

    # === Shipping === #

    def sendcloud_send_shipping(self, pickings):
        """Have labels bought after this transaction; the tracking number comes with them."""
        pickings._sendcloud_order_label()
        return [{"exact_price": picking.carrier_price, "tracking_number": False} for picking in pickings]

    def sendcloud_get_tracking_link(self, picking):
        """A link, or for several parcels the list of numbers and links that Odoo's button reads."""
        # The link on a delivery is for everybody who sees the delivery, portal users included.
        parcels = picking.sudo()._sendcloud_label().parcel_ids.filtered("tracking_url")
        if len(parcels) > 1:
            return json.dumps([[one.tracking_number, one.tracking_url] for one in parcels])
        return parcels.tracking_url or False

    def sendcloud_cancel_shipment(self, pickings):
        pickings.action_sendcloud_cancel_label()

    def sendcloud_get_return_label(self, pickings, tracking_number=None, origin_date=None):
        pickings.action_sendcloud_return_label()
