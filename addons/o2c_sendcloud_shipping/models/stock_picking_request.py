from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from ..lib.payload import (
    INSURED_MIN,
    Customs,
    Item,
    Parcel,
    ShipmentRequest,
    TaxNumber,
)
from ..lib.territory import needs_customs


class StockPicking(models.Model):
    """Building the request for a label out of what Odoo knows about a delivery."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def _sendcloud_terms(self):
        """What deliveries of one delivery method and operation type have in common in their requests."""
        account = self.carrier_id.sendcloud_account_id
        option_code, contract_id = account._option_code(self.carrier_id.sendcloud_option_id)
        sender = self.picking_type_id.warehouse_id.sendcloud_sender_id
        zpl = self._sendcloud_label_format() == "zpl"
        return {
            "option_code": option_code,
            "contract_id": contract_id,
            "sender_address_id": int(sender.remote_id) if sender else None,
            "from_address": None if sender else self._sendcloud_from_address(),
            "brand_id": account.brand_id or None,
            "label_mime_type": "application/zpl" if zpl else "application/pdf",
            "label_dpi": 203 if zpl else 72,
        }

    def _sendcloud_request(self, reference, terms):
        """The shipment that this delivery is, and the package behind each of its parcels.

        :param terms: see :meth:`_sendcloud_terms`
        :return: ``(ShipmentRequest, [stock.package])``; a bulk parcel has an empty package.
        """
        self.ensure_one()
        account = self.carrier_id.sendcloud_account_id
        order = self.sale_id
        currency = order.currency_id or self.company_id.currency_id
        to_address = self._sendcloud_to_address()
        customs = None if account.test_mode else self._sendcloud_customs(to_address)
        if not self._sendcloud_shares_email(customs):
            to_address = replace(to_address, email="")
        parcels, packages = self._sendcloud_parcels(currency, with_items=bool(customs))
        request = ShipmentRequest(
            **terms,
            external_reference_id=reference,
            to_address=to_address,
            parcels=tuple(parcels),
            currency=currency.name,
            order_number=order.name or self.origin or self.name,
            order_value=Decimal(str(order.amount_total)) if order else None,
            reference=self.name,
            service_point_id="" if account.test_mode else self.sendcloud_service_point or "",
            customs=customs,
        )
        return request, packages

    def _sendcloud_shares_email(self, customs):
        """Whether Sendcloud gets the customer's e-mail address, to which it may send messages."""
        option = self.carrier_id.sendcloud_option_id
        if self._sendcloud_mails():
            return True
        return bool(customs) or option.needs_service_point or "email" in (option.required_fields or "")

    def _sendcloud_mails(self):
        """Whether Sendcloud mails the tracking link: who sold the goods decides, then the account."""
        told_by = self._o2c_told_by()
        if told_by:
            return told_by == "carrier"
        # The choice is an administrator's; here it is only obeyed.
        return self.sudo().carrier_id.sendcloud_account_id.tracking_mail == "sendcloud"

    def _sendcloud_label_format(self):
        return self.picking_type_id.warehouse_id.sendcloud_label_format or "pdf_a6"

    @api.model
    def _sendcloud_limits(self, carrier):
        """What the shipping option allows, as far as it is known; nothing in test mode."""
        option = carrier.sendcloud_option_id
        return None if option.account_id.test_mode else option._limits()

    # === Addresses === #

    def _sendcloud_recipient(self):
        """The customer: with a service point, Odoo's delivery address is the point's."""
        partner = self.partner_id
        if partner.is_pickup_location:
            return partner.parent_id or self.sale_id.partner_id
        return partner

    def _sendcloud_to_address(self):
        partner = self._sendcloud_recipient()
        buyer = self.sale_id.partner_id or partner.commercial_partner_id
        return partner._sendcloud_address(
            email=partner.email or buyer.email, phone=partner.phone or buyer.phone
        )

    def _sendcloud_from_address(self):
        warehouse = self.picking_type_id.warehouse_id
        partner = warehouse.partner_id or self.company_id.partner_id
        return partner._sendcloud_address(email=partner.email, phone=partner.phone)

    # === Parcels === #

    def _sendcloud_parcels(self, currency, with_items):
        """Parcels as packed: one for each outermost package, one for what is in none."""
        groups = self._sendcloud_groups()
        account = self.carrier_id.sendcloud_account_id
        if account.test_mode:
            weight = sum((weight for _package, _lines, weight in groups), Decimal(0))
            return [Parcel(weight=weight)], [self.env["stock.package"]]
        insured = self._sendcloud_insured_value(len(groups))
        parcels, packages = [], []
        for package, lines, weight in groups:
            parcels.append(
                Parcel(
                    weight=weight,
                    size=package.package_type_id._sendcloud_size(),
                    items=tuple(self._sendcloud_items(lines, currency)) if with_items else (),
                    insured=insured,
                )
            )
            packages.append(package)
        return parcels, packages

    def _sendcloud_groups(self):
        """``[(package, move lines, weight in kg)]``"""
        lines = self.move_line_ids.filtered(lambda line: line.quantity > 0)
        to_kg = self.env["product.template"]._sendcloud_to_kg
        bulk = lines.filtered(lambda line: not line.result_package_id)
        packed = (lines - bulk).grouped(
            lambda line: line.result_package_id.outermost_package_id or line.result_package_id
        )
        groups = []
        for package, package_lines in packed.items():
            weight = package.shipping_weight
            if not weight:
                weight = package._get_weight(self.id)[package]
            groups.append((package, package_lines, to_kg(weight)))
        if bulk:
            # Without packages, a packer may have corrected the weight of the whole delivery.
            weight = self.weight_bulk if packed else self.shipping_weight or self.weight_bulk
            groups.append((self.env["stock.package"], bulk, to_kg(weight)))
        return groups

    def _sendcloud_insured_value(self, parcels):
        share = self.carrier_id.shipping_insurance
        if not share or not parcels:
            return None
        goods = sum(self.move_line_ids.mapped("sale_price"))
        value = Decimal(str(goods)) * share / 100 / parcels
        return value.quantize(Decimal("0.01")) if value >= INSURED_MIN else None

    # === Customs === #

    def _sendcloud_customs(self, to_address):
        """Customs papers when the parcel crosses a border that needs them, else None."""
        warehouse = self.picking_type_id.warehouse_id
        origin = warehouse.partner_id or self.company_id.partner_id
        sender = warehouse.sendcloud_sender_id
        from_country = sender.country_code or origin.country_id.code or ""
        if not needs_customs(from_country, to_address.country_code, origin.zip or "", to_address.postal_code):
            return None
        buyer = self._sendcloud_recipient().commercial_partner_id
        invoice = self.sale_id.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )[:1]
        receiver = []
        if buyer.vat and to_address.country_code:
            receiver.append(TaxNumber("VAT", to_address.country_code, buyer.vat))
        return Customs(
            invoice_number=invoice.name or self.sale_id.name or self.name,
            invoice_date=invoice.invoice_date or None,
            export_type="commercial_b2b" if buyer.is_company else "commercial_b2c",
            sender_numbers=tuple(self._sendcloud_sender_numbers(from_country)),
            receiver_numbers=tuple(receiver),
        )

    def _sendcloud_sender_numbers(self, country):
        account = self.carrier_id.sendcloud_account_id
        numbers = (
            ("VAT", self.company_id.vat),
            ("EORI", account.eori_number),
            ("IOSS", account.ioss_number),
        )
        return [TaxNumber(name, country, value) for name, value in numbers if value]

    def _sendcloud_items(self, lines, currency):
        """The goods in a parcel, valued at what the customer pays without tax."""
        to_kg = self.env["product.template"]._sendcloud_to_kg
        for (product, move), grouped in lines.grouped(lambda line: (line.product_id, line.move_id)).items():
            quantity = sum(
                line.product_uom_id._compute_quantity(line.quantity, product.uom_id) for line in grouped
            )
            pieces = int(quantity) if quantity == int(quantity) else 1
            price = move._sendcloud_unit_value()
            weight = to_kg(product.weight)
            if pieces != quantity:
                # Customs count pieces: half a metre of something is one piece of half the value.
                price, weight = price * Decimal(str(quantity)), weight * Decimal(str(quantity))
            yield Item(
                description=product.with_context(display_default_code=False).display_name,
                quantity=pieces,
                weight=weight,
                price=price,
                currency=currency.name,
                hs_code=(product.hs_code or "").replace(" ", "").replace(".", ""),
                origin_country=product.country_of_origin.code or "",
                sku=product.default_code or "",
                product_id=str(product.id),
            )
