from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..lib.options import ShippingOption


class O2cSendcloudOption(models.Model):
    """A way to ship that Sendcloud offered: a code under a contract, with its limits."""

    _name = "o2c.sendcloud.option"
    _description = "Sendcloud Shipping Option"
    _order = "carrier_name, name, id"

    account_id = fields.Many2one(
        "o2c.sendcloud.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    name = fields.Char(required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    carrier_code = fields.Char(readonly=True)
    carrier_name = fields.Char(string="Shipping Company", readonly=True)
    contract_id = fields.Integer(string="Contract ID", readonly=True, help="Empty: Sendcloud's own contract.")
    contract_name = fields.Char(string="Contract", readonly=True)
    country_ids = fields.Many2many("res.country", string="Destinations", readonly=True)
    available = fields.Boolean(
        readonly=True, default=True, help="Sendcloud offered it when it was last asked."
    )
    min_weight = fields.Float(string="Min Weight (kg)", readonly=True, digits=(16, 3))
    max_weight = fields.Float(
        string="Max Weight (kg)", readonly=True, digits=(16, 3), help="0: no limit known."
    )
    max_size = fields.Char(
        string="Max Size (cm)", readonly=True, help="Sides in centimetres, the longest first."
    )
    needs_service_point = fields.Boolean(string="To a Service Point", readonly=True)
    needs_customs = fields.Boolean(string="Needs Customs Data", readonly=True)
    required_fields = fields.Char(readonly=True)
    multicollo = fields.Boolean(string="Several Parcels", readonly=True)
    returns = fields.Boolean(string="For Returns", readonly=True)
    tracked = fields.Boolean(readonly=True)
    incoterm = fields.Char(
        readonly=True,
        help="Who pays duties: DAP, the receiver; DDP, the sender. Empty: not an international option.",
    )
    quote_price = fields.Float(
        string="Price",
        readonly=True,
        help="For the sample parcel, as quoted by Sendcloud. Empty for contracts of your own "
        "whose prices Sendcloud does not know.",
    )
    quote_currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    lead_time_hours = fields.Integer(readonly=True)
    delivery_carrier_ids = fields.One2many(
        "delivery.carrier", "sendcloud_option_id", string="Delivery Methods"
    )

    _once = models.Constraint(
        "UNIQUE(account_id, code, contract_id)", "This shipping option is already known."
    )

    @api.depends("name", "contract_name")
    def _compute_display_name(self):
        for option in self:
            parts = (option.name, option.contract_name and f"({option.contract_name})")
            option.display_name = " ".join(filter(None, parts))

    @api.model
    def _store(self, account, found):
        """Keep what Sendcloud offers; what is not offered any more stays, but says so.

        :param found: ``{(code, contract id or 0): (ShippingOption, [country ids])}``
        :return: the options offered now.
        """
        known = {
            (option.code, option.contract_id): option
            for option in self.search([("account_id", "=", account.id)])
        }
        currencies = {
            currency.name: currency.id
            for currency in self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", [o.quote.currency for o, _c in found.values() if o.quote])])
        }
        offered, new = self.browse(), []
        for key, (option, country_ids) in found.items():
            values = self._values(option, country_ids, currencies)
            if key in known:
                known[key].write(values)
                offered |= known[key]
            else:
                new.append({**values, "account_id": account.id})
        offered |= self.create(new)
        self.browse().union(*known.values()).filtered(lambda option: option not in offered).available = False
        return offered

    @api.model
    def _values(self, option, country_ids, currencies):
        quote = option.quote
        return {
            "name": option.name,
            "code": option.code,
            "carrier_code": option.carrier_code,
            "carrier_name": option.carrier_name,
            "contract_id": option.contract_id or 0,
            "contract_name": option.contract_name,
            "country_ids": [(6, 0, country_ids)],
            "available": True,
            "min_weight": float(option.min_weight or 0),
            "max_weight": float(option.max_weight or 0),
            "max_size": " x ".join(f"{side:f}" for side in option.max_size or ()),
            "needs_service_point": option.needs_service_point,
            "needs_customs": option.needs_customs,
            "required_fields": ",".join(option.required_fields),
            "multicollo": option.multicollo,
            "returns": option.returns,
            "tracked": option.tracked,
            "incoterm": option.incoterm,
            "quote_price": float(quote.price) if quote else 0.0,
            "quote_currency_id": currencies.get(quote.currency) if quote else False,
            "lead_time_hours": (quote and quote.lead_time_hours) or 0,
        }

    def _limits(self):
        """This option as ``lib`` knows it, for the checks before buying."""
        self.ensure_one()
        sides = [Decimal(side) for side in (self.max_size or "").split(" x ") if side]
        return ShippingOption(
            code=self.code,
            name=self.name,
            carrier_code=self.carrier_code or "",
            carrier_name=self.carrier_name or "",
            contract_id=self.contract_id or None,
            contract_name=self.contract_name or "",
            min_weight=Decimal(str(self.min_weight)) if self.min_weight else None,
            max_weight=Decimal(str(self.max_weight)) if self.max_weight else None,
            max_size=tuple(sides) or None,
            needs_service_point=self.needs_service_point,
            needs_customs=self.needs_customs,
            required_fields=tuple(filter(None, (self.required_fields or "").split(","))),
            multicollo=self.multicollo,
            returns=self.returns,
            tracked=self.tracked,
            quote=None,
        )

    def action_create_carriers(self):
        """Make delivery methods of the selected options, with rules by which orders get them; show those."""
        if not self:
            raise UserError(self.env._("Select the shipping options that you use first."))
        self.account_id.check_access("write")
        # Whoever may configure Sendcloud need not have the rights to all delivery methods and products.
        options = self.sudo()
        new = options.filtered(lambda option: not option.delivery_carrier_ids)
        carriers = options._create_carriers()
        new._create_rules()
        accounts = self.account_id
        if len(accounts) == 1 and accounts.use_rules:
            account = {
                "type": "ir.actions.act_window",
                "name": accounts.display_name,
                "res_model": accounts._name,
                "res_id": accounts.id,
                "views": [(False, "form")],
            }
            message = self.env._(
                "Delivery methods ready: %s. The rules on this page say which orders get them.",
                len(carriers),
            )
            params = {"type": "success", "message": message, "next": account}
            return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery Methods"),
            "res_model": "delivery.carrier",
            "view_mode": "list,form",
            "domain": [("id", "in", carriers.ids)],
        }

    def _create_carriers(self):
        """A delivery method for each option that has none; returns those of all of them."""
        self.env["delivery.carrier"].check_access("create")
        for option in self.filtered(lambda option: not option.delivery_carrier_ids):
            product = self.env["product.product"].create(
                {
                    "name": option.display_name,
                    "type": "service",
                    "sale_ok": False,
                    "purchase_ok": False,
                    "list_price": option.quote_price,
                    "invoice_policy": "order",
                    "company_id": option.company_id.id,
                    "categ_id": self.env.ref("delivery.product_category_deliveries").id,
                }
            )
            self.env["delivery.carrier"].create(
                {
                    "name": option.name,
                    "delivery_type": "sendcloud",
                    "integration_level": "rate_and_ship",
                    "product_id": product.id,
                    "sendcloud_option_id": option.id,
                    "country_ids": [(6, 0, option.country_ids.ids)],
                }
            )
        return self.delivery_carrier_ids

    def _create_rules(self):
        """A rule for each new delivery method to the door, the cheapest first: the first that fits is taken.

        What is too heavy for a parcel goes with an option that takes several at once.
        """
        to_the_door = self.filtered(
            lambda option: (
                option.account_id.use_rules and not option.needs_service_point and not option.returns
            )
        )
        kg = float(self.env["product.template"]._sendcloud_to_kg(1))
        for account, options in to_the_door.grouped("account_id").items():
            last = max(account.rule_ids.mapped("sequence"), default=0)
            # Without a price at Sendcloud, an option of one's own contract comes last.
            cheapest_first = options.sorted(lambda option: (not option.quote_price, option.quote_price))
            self.env["o2c.sendcloud.rule"].create(
                [
                    {
                        "account_id": account.id,
                        "sequence": last + number,
                        "carrier_id": option.delivery_carrier_ids[:1].id,
                        "country_ids": [Command.set(option.country_ids.ids)],
                        "max_weight": 0 if option.multicollo else option.max_weight / kg,
                    }
                    for number, option in enumerate(cheapest_first, start=1)
                ]
            )
