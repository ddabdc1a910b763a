from decimal import Decimal

from odoo import api, fields, models

from ..lib.rules import Consignment, first_fit


class SaleOrder(models.Model):
    _inherit = "sale.order"

    sendcloud_needs_service_point = fields.Boolean(related="carrier_id.sendcloud_needs_service_point")
    sendcloud_service_point_name = fields.Char(
        string="Service Point", compute="_compute_sendcloud_service_point_name"
    )

    sendcloud_shipment_count = fields.Integer(compute="_compute_sendcloud_shipment_count")

    @api.depends("picking_ids.sendcloud_shipment_ids", "picking_ids.sendcloud_return_ids")
    def _compute_sendcloud_shipment_count(self):
        for order in self:
            pickings = order.picking_ids
            order.sendcloud_shipment_count = len(
                pickings.sendcloud_shipment_ids | pickings.sendcloud_return_ids
            )

    def action_sendcloud_shipments(self):
        """Open the shipments of these orders, with their tracking."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_sendcloud_shipping.o2c_sendcloud_shipment_action"
        )
        return {**action, "domain": [("picking_id", "in", self.picking_ids.ids)]}

    @api.depends("pickup_location_data")
    def _compute_sendcloud_service_point_name(self):
        for order in self:
            data = order.pickup_location_data or {}
            parts = (data.get("name"), data.get("street"), data.get("city"))
            order.sendcloud_service_point_name = ", ".join(filter(None, parts))

    def action_sendcloud_service_point(self):
        """Choose where the customer picks the parcel up."""
        self.ensure_one()
        partner = self.partner_shipping_id
        if partner.is_pickup_location:
            partner = partner.parent_id
        return self.env["o2c.sendcloud.point.wizard"]._open(self, partner)

    def _action_confirm(self):
        self._sendcloud_choose_carriers()
        return super()._action_confirm()

    def _sendcloud_choose_carriers(self):
        """Give orders without a delivery method that of the first rule that fits."""
        orders = self.filtered(lambda order: not order.carrier_id and not order.is_all_service)
        if not orders:
            return
        # Salesmen and connectors confirm orders without having to see the rules.
        accounts = (
            self.env["o2c.sendcloud.account"]
            .sudo()
            .search([("use_rules", "=", True), ("company_id", "in", orders.company_id.ids)])
        )
        for company, rules in accounts.rule_ids.grouped("company_id").items():
            prepared = {rule._as_rule(): rule for rule in rules.sorted()}
            for order in orders.filtered(lambda order, company=company: order.company_id == company):
                fitting = first_fit(prepared, order._sendcloud_consignment())
                if fitting:
                    order.carrier_id = prepared[fitting].carrier_id

    def _sendcloud_consignment(self):
        """What rules look at: destination, weight (in the database's unit), value and titles."""
        self.ensure_one()
        shipping = self.order_line.filtered("is_delivery")
        goods = (self.order_line - shipping).filtered(lambda line: not line.display_type)
        value = self.currency_id._convert(
            sum(goods.mapped("price_total")),
            self.company_id.currency_id,
            self.company_id,
            self.date_order,
        )
        return Consignment(
            country=self.partner_shipping_id.country_id.code or "",
            weight=Decimal(str(round(self._get_estimated_weight(), 6))),
            value=Decimal(str(round(value, 2))),
            titles=tuple(filter(None, shipping.mapped("name"))),
        )
