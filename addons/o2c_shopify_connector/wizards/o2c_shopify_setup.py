from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.o2c_base.lib.endpoint import is_loopback

from ..lib.hints import TOPICS

STEPS = ("webhooks", "locations", "gateways", "taxes", "start")


class O2cShopifySetup(models.TransientModel):
    """The first connection of a shop in five small steps; nothing is kept before the last one."""

    _name = "o2c.shopify.setup"
    _description = "Set Up a Shopify Shop"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id")
    step = fields.Selection(
        [
            ("webhooks", "Webhooks"),
            ("locations", "Locations"),
            ("gateways", "Payments"),
            ("taxes", "Taxes"),
            ("start", "Start"),
        ],
        default="webhooks",
        required=True,
    )
    webhook_url = fields.Char(string="Address in Odoo", readonly=True)
    webhook_count = fields.Integer(readonly=True)
    webhook_total = fields.Integer(default=len(TOPICS), readonly=True)
    webhooks_reach = fields.Boolean(string="Webhooks Can Arrive", compute="_compute_webhooks_reach")
    register_webhooks = fields.Boolean(
        string="Have Shopify tell Odoo at once",
        default=True,
        help="Without webhooks Odoo looks for changed orders every ten minutes.",
    )
    location_ids = fields.One2many("o2c.shopify.setup.location", "setup_id")
    gateway_ids = fields.One2many("o2c.shopify.setup.gateway", "setup_id")
    tax_ids = fields.One2many("o2c.shopify.setup.tax", "setup_id")
    gateways_left = fields.Char(string="Gateways Without Journal", compute="_compute_left")
    locations_left = fields.Char(string="Locations Without Warehouse", compute="_compute_left")
    import_from = fields.Datetime(string="Take over orders placed from", required=True)
    confirm_policy = fields.Selection(
        selection=lambda self: self.env["o2c.shopify.shop"]._fields["confirm_policy"].selection,
        string="Confirm orders",
        required=True,
    )
    notified_by = fields.Selection(
        selection=lambda self: self.env["o2c.shopify.shop"]._fields["notified_by"].selection,
        string="The customer is told by",
        required=True,
    )
    take_products = fields.Boolean(string="Take over the products now", default=True)

    @api.depends("webhook_url")
    def _compute_webhooks_reach(self):
        for setup in self:
            parts = urlsplit(setup.webhook_url or "")
            setup.webhooks_reach = parts.scheme == "https" or is_loopback(parts.hostname or "")

    @api.depends("gateway_ids.journal_id", "gateway_ids.make", "location_ids.warehouse_id")
    def _compute_left(self):
        for setup in self:
            open_gateways = setup.gateway_ids.filtered(lambda row: not row.journal_id and not row.make)
            setup.gateways_left = ", ".join(filter(None, open_gateways.mapped("name")))
            open_places = setup.location_ids.filtered(lambda row: not row.warehouse_id)
            setup.locations_left = ", ".join(filter(None, open_places.mapped("name")))

    @api.model
    def _open(self, shop):
        """Look at the shop and open the first step.

        :raises O2cError: when Shopify cannot be asked.
        """
        proposals = shop._proposals()
        registered, _stale = shop._webhook_subscriptions(shop._client())
        return self.create(
            {
                "shop_id": shop.id,
                "webhook_url": shop.webhook_url,
                "webhook_count": len(registered),
                "register_webhooks": shop.use_webhooks,
                "location_ids": [Command.create(row) for row in proposals["locations"]],
                "gateway_ids": [Command.create(row) for row in proposals["gateways"]],
                "tax_ids": [Command.create(row) for row in proposals["taxes"]],
                "import_from": shop.import_from,
                "confirm_policy": shop.confirm_policy,
                "notified_by": shop.notified_by,
            }
        )._show()

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set up %s", self.shop_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_next(self):
        """Go on to the next step."""
        return self._go(1)

    def action_back(self):
        """Go back to the step before."""
        return self._go(-1)

    def _go(self, by):
        self.ensure_one()
        place = STEPS.index(self.step) + by
        self.step = STEPS[max(0, min(place, len(STEPS) - 1))]
        return self._show()

    def action_confirm(self):
        """Keep what was confirmed, subscribe to the webhooks, and open the shop."""
        self.ensure_one()
        self.shop_id.check_access("write")
        # Whoever may configure the shop makes accounts and taxes for it through these proposals only.
        shop = self.shop_id.sudo()
        shop._take_over_mappings(
            {
                "locations": [row._values() for row in self.location_ids],
                "gateways": [row._values() for row in self.gateway_ids],
                "taxes": [row._values() for row in self.tax_ids],
            }
        )
        shop.write(
            {
                "import_from": self.import_from,
                "confirm_policy": self.confirm_policy,
                "notified_by": self.notified_by,
                "use_webhooks": self.register_webhooks,
            }
        )
        if self.take_products:
            shop.action_sync_products()
        opened = shop._open_form()
        if not self.register_webhooks:
            return opened
        told = shop.action_register_webhooks()
        told["params"]["next"] = opened
        return told


class O2cShopifySetupLocation(models.TransientModel):
    _name = "o2c.shopify.setup.location"
    _description = "Shopify Location to Confirm"

    setup_id = fields.Many2one("o2c.shopify.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    name = fields.Char(string="Location in Shopify", required=True, readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Warehouse in Odoo", domain="[('company_id', '=', company_id)]"
    )

    def _values(self):
        return {"gid": self.gid, "name": self.name, "warehouse_id": self.warehouse_id.id}


class O2cShopifySetupGateway(models.TransientModel):
    _name = "o2c.shopify.setup.gateway"
    _description = "Shopify Payment Gateway to Confirm"

    setup_id = fields.Many2one("o2c.shopify.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    match = fields.Selection(
        [("exact", "Is exactly"), ("prefix", "Begins with")], default="exact", required=True
    )
    name = fields.Char(string="Gateway in Shopify", required=True)
    journal_id = fields.Many2one(
        "account.journal",
        string="Journal in Odoo",
        domain="[('company_id', '=', company_id), ('type', 'in', ('bank', 'cash', 'credit'))]",
    )
    make = fields.Selection(
        [
            ("gift_card", "A journal for gift cards is created"),
            ("mollie", "Mollie's own, as soon as it is created"),
        ],
        readonly=True,
    )

    def _values(self):
        return {
            "name": self.name,
            "match": self.match,
            "journal_id": self.journal_id.id,
            "make": self.make,
        }


class O2cShopifySetupTax(models.TransientModel):
    _name = "o2c.shopify.setup.tax"
    _description = "Shopify Tax to Confirm"
    _order = "country_id, rate desc, included desc"

    setup_id = fields.Many2one("o2c.shopify.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    country_id = fields.Many2one("res.country", required=True)
    rate = fields.Float(string="Rate (%)", digits=(7, 4), required=True)
    included = fields.Boolean(string="In prices")
    tax_id = fields.Many2one(
        "account.tax",
        string="Tax in Odoo",
        domain="[('company_id', 'parent_of', company_id), ('type_tax_use', '=', 'sale')]",
    )
    make = fields.Many2one("account.tax", string="Copied From", readonly=True)

    def _values(self):
        return {
            "country_id": self.country_id.id,
            "rate": self.rate,
            "included": self.included,
            "tax_id": self.tax_id.id,
            "make": self.make.id,
        }
