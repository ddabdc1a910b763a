from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...o2c_base.lib.http import AuthenticationError, HttpClient
from ..lib import documents, scopes
from ..lib.client import (
    API_VERSION,
    ShopifyClient,
    check_domain,
    check_version,
    request_token,
)


class O2cShopifyShop(models.Model):
    _name = "o2c.shopify.shop"
    _description = "Shopify Shop"
    _inherit = ["o2c.connection.mixin"]
    _check_company_auto = True

    _o2c_platform = "shopify"
    _o2c_secret_fields = (
        "access_token",
        "client_secret",
        "webhook_secret",
        "previous_webhook_secret",
    )

    domain = fields.Char(
        required=True,
        help="The permanent domain of the shop, such as my-shop.myshopify.com.",
    )
    auth_method = fields.Selection(
        [
            ("client_credentials", "App of the Dev Dashboard (client ID and secret)"),
            ("token", "Access token (shpat_...)"),
        ],
        default="client_credentials",
        required=True,
    )
    access_token = fields.Char(groups="base.group_system", copy=False)
    client_id = fields.Char(string="Client ID", groups="base.group_system", copy=False)
    client_secret = fields.Char(groups="base.group_system", copy=False)
    webhook_secret = fields.Char(
        groups="base.group_system",
        copy=False,
        help="What Shopify signs its webhooks with. Empty: the client secret.",
    )
    previous_webhook_secret = fields.Char(
        groups="base.group_system",
        copy=False,
        help="The secret used before it was changed. Shopify may sign with it for another hour.",
    )
    token_expires_at = fields.Datetime(readonly=True, copy=False)
    api_version = fields.Char(string="API Version", required=True, default=API_VERSION)
    api_version_answered = fields.Char(string="API Version in Use", readonly=True, copy=False)
    granted_scopes = fields.Text(readonly=True, copy=False)
    missing_scopes = fields.Char(readonly=True, copy=False)
    plan = fields.Char(readonly=True, copy=False)
    timezone = fields.Char(string="Time Zone", readonly=True, copy=False)
    country_id = fields.Many2one("res.country", readonly=True, copy=False)
    currency_id = fields.Many2one("res.currency", readonly=True, copy=False)

    # === Policies === #

    import_from = fields.Datetime(
        string="Import Orders From",
        required=True,
        default=fields.Datetime.now,
        help="Orders placed before this moment are left alone.",
    )
    import_test_orders = fields.Boolean()
    confirm_policy = fields.Selection(
        [
            ("paid", "When they are paid"),
            ("authorized", "When the payment is authorised"),
            ("always", "At once"),
        ],
        string="Confirm Orders",
        default="paid",
        required=True,
    )
    invoice_policy = fields.Selection(
        [("payment", "When it is paid"), ("delivery", "By the invoicing policy of the products")],
        string="Invoice an Order",
        default="payment",
        required=True,
    )
    hold_risky_orders = fields.Boolean(
        default=True,
        help="Orders that Shopify advises to cancel wait for a person instead of being confirmed.",
    )
    money_policy = fields.Selection(
        [("shop", "The currency of the shop"), ("presentment", "The currency the customer saw")],
        string="Order Currency",
        default="shop",
        required=True,
    )
    unknown_product_policy = fields.Selection(
        [
            ("create", "Create the product"),
            ("placeholder", "Use the placeholder product"),
            ("stop", "Stop and tell me"),
        ],
        string="Product Not Found",
        default="stop",
        required=True,
    )
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Put on orders in its currency, for statistics. Prices are always those that Shopify charged.",
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    user_id = fields.Many2one("res.users", string="Salesperson", check_company=True)
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        help="The delivery method put on orders whose shipping choice is not known by name.",
    )
    push_fulfilments = fields.Boolean(string="Send Fulfilments", default=True)
    notified_by = fields.Selection(
        [
            ("shopify", "Shopify: its shipping confirmation"),
            ("carrier", "Sendcloud or the carrier: the messages set up there"),
            ("odoo", "Odoo: the e-mail of the company's delivery confirmation"),
        ],
        string="The Customer Is Told By",
        default="shopify",
        required=True,
        help="Who tells the customer that the parcel is on its way. The others keep quiet: Shopify sends "
        "its shipping confirmation only if it is chosen here, and so does Odoo; Sendcloud is not given the "
        "customer's e-mail address where another is chosen, unless the shipping option demands it.",
    )
    push_stock_levels = fields.Boolean(string="Send Stock Levels", default=True)
    safety_stock = fields.Integer(help="So many pieces of each product are kept back from the shop.")
    guest_partner_id = fields.Many2one(
        "res.partner",
        string="Guest Customer",
        check_company=True,
        help="The customer of orders that name nobody.",
    )
    placeholder_product_id = fields.Many2one("product.product", check_company=True)
    shipping_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        default=lambda self: self.env.ref("o2c_shopify_connector.product_shipping", raise_if_not_found=False),
    )
    tip_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        default=lambda self: self.env.ref("o2c_shopify_connector.product_tip", raise_if_not_found=False),
    )
    duty_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        default=lambda self: self.env.ref("o2c_shopify_connector.product_duty", raise_if_not_found=False),
    )
    fee_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        default=lambda self: self.env.ref("o2c_shopify_connector.product_fee", raise_if_not_found=False),
    )
    gift_card_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        default=lambda self: self.env.ref(
            "o2c_shopify_connector.product_gift_card", raise_if_not_found=False
        ),
    )

    # === Mappings === #

    location_ids = fields.One2many("o2c.shopify.location", "shop_id", string="Locations")
    gateway_ids = fields.One2many("o2c.shopify.gateway", "shop_id", string="Payment Gateways")
    tax_ids = fields.One2many("o2c.shopify.tax", "shop_id", string="Taxes")
    variant_ids = fields.One2many("o2c.shopify.variant", "shop_id", string="Products")
    variant_count = fields.Integer(compute="_compute_counts")
    order_count = fields.Integer(compute="_compute_counts")

    order_cursor = fields.Datetime(
        string="Orders Read Until",
        readonly=True,
        copy=False,
        help="Every change of an order up to this moment (UTC) has been taken over.",
    )

    _domain_once = models.Constraint("UNIQUE(domain, company_id)", "This shop is connected already.")

    def _compute_counts(self):
        variants = dict(
            self.env["o2c.shopify.variant"]._read_group(
                [("shop_id", "in", self.ids)], ["shop_id"], ["__count"]
            )
        )
        orders = {}
        if self.env["sale.order"].has_access("read"):
            orders = dict(
                self.env["sale.order"]._read_group(
                    [("shopify_shop_id", "in", self.ids)], ["shopify_shop_id"], ["__count"]
                )
            )
        for shop in self:
            shop.variant_count = variants.get(shop, 0)
            shop.order_count = orders.get(shop, 0)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_values(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._clean_values(vals)
        if {"client_id", "client_secret", "auth_method", "domain"} & vals.keys():
            # A token belongs to the keys that it was made with.
            vals.setdefault("token_expires_at", False)
        if vals.get("import_from"):
            start = fields.Datetime.to_datetime(vals["import_from"])
            # What lies between was never asked for.
            earlier = self.filtered(
                lambda shop: shop.order_cursor and start < min(shop.order_cursor, shop.import_from)
            )
            earlier.order_cursor = start
        return super().write(vals)

    def _clean_values(self, vals):
        vals = dict(vals)
        if vals.get("domain"):
            try:
                vals["domain"] = check_domain(vals["domain"])
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is not the permanent domain of a shop. It looks like "
                        "my-shop.myshopify.com; you find it in Shopify under Settings > Domains.",
                        vals["domain"],
                    )
                ) from error
        return vals

    @api.constrains("api_version")
    def _check_api_version(self):
        for shop in self:
            try:
                check_version(shop.api_version)
            except ValueError as error:
                raise ValidationError(
                    self.env._("“%s” is not a version of Shopify's API, such as 2026-10.", error)
                ) from error

    # === Calling Shopify === #

    def _as_odoobot(self):
        """This shop for work in the background: the program's own rights, the shop's company.

        Whoever caused the work (a webhook, a warehouse user) has neither the keys nor the rights
        to orders and invoices, and must not need them.
        """
        self.ensure_one()
        return (
            self.with_user(SUPERUSER_ID)
            .with_company(self.sudo().company_id)
            .with_context(mail_create_nosubscribe=True, mail_notify_author=False)
        )

    def _http(self):
        # Keys are for administrators; the program calls Shopify on everybody's behalf.
        shop = self.sudo()
        default = f"https://{check_domain(shop.domain)}"
        base_url = shop._endpoint(default)
        if base_url != default:
            base_url = f"{base_url.rstrip('/')}/{shop.domain}"
        return HttpClient(base_url, secrets=[shop[name] for name in self._o2c_secret_fields])

    def _client(self):
        """A client for this shop, with a token that is still good for a while.

        :raises AuthenticationError: keys missing or refused.
        """
        self.ensure_one()
        self._check_not_demo()
        # See _http.
        shop = self.sudo()
        renewable = shop.auth_method == "client_credentials"
        soon = fields.Datetime.now() + timedelta(minutes=10)
        if renewable and not (shop.token_expires_at and shop.token_expires_at > soon):
            shop._renew_token()
        if not shop.access_token:
            raise AuthenticationError(
                self.env._("There is no access token. Enter one, or a client ID and secret.")
            )
        return ShopifyClient(
            shop._http(),
            shop.access_token,
            version=shop.api_version,
            renew=shop._renew_token if renewable else None,
        )

    def _renew_token(self):
        self.ensure_one()
        if not (self.client_id and self.client_secret):
            raise AuthenticationError(
                self.env._(
                    "Enter the client ID and the client secret of the app. You find them in "
                    "Shopify's Dev Dashboard under the app's settings."
                )
            )
        token = request_token(self._http(), self.client_id, self.client_secret)
        self.write(
            {
                "access_token": token.access_token,
                "token_expires_at": token.expires_in
                and fields.Datetime.now() + timedelta(seconds=int(token.expires_in)),
            }
        )
        return token.access_token

    def _webhook_secrets(self):
        """Secrets that may have signed a webhook: the current one, and the one before."""
        return [
            secret
            for secret in (
                self.webhook_secret or self.client_secret,
                self.previous_webhook_secret,
            )
            if secret
        ]

    def _test_connection(self):
        answer = self._client().execute(documents.SHOP)
        found = answer.data.get("shop") or {}
        granted = {
            scope["handle"]
            for scope in (answer.data.get("currentAppInstallation") or {}).get("accessScopes") or ()
        }
        lacking = scopes.missing(granted)
        country = (found.get("shopAddress") or {}).get("countryCodeV2")
        self.write(
            {
                "plan": (found.get("plan") or {}).get("publicDisplayName"),
                "timezone": found.get("ianaTimezone"),
                "currency_id": self._currency(found.get("currencyCode")).id,
                "country_id": self.env["res.country"].search([("code", "=", country)], limit=1).id,
                "granted_scopes": ", ".join(sorted(granted)),
                "missing_scopes": ", ".join(lacking),
                "api_version_answered": answer.version,
            }
        )
        return self._describe_connection(found, granted, lacking, answer.version)

    def _describe_connection(self, found, granted, lacking, version):
        parts = [
            self.env._(
                "Connected with %(shop)s (plan %(plan)s, API %(version)s).",
                shop=found.get("name") or self.domain,
                plan=self.plan or "?",
                version=version or self.api_version,
            ),
        ]
        if lacking:
            parts.append(self._words_on_scopes())
        if scopes.ALL_ORDERS not in granted:
            parts.append(
                self.env._(
                    "Orders older than 60 days stay invisible until Shopify grants the app "
                    "“read_all_orders” (%s).",
                    self._place_of_all_orders(),
                )
            )
        if self._fell_forward():
            parts.append(self._words_on_version())
        if not self._webhook_secrets():
            parts.append(
                self.env._(
                    "Webhooks cannot be trusted without their secret: in Shopify's admin open Settings > "
                    "Apps > Develop apps > your app > API credentials, and enter the API secret key as the "
                    "client secret."
                )
            )
        # Last, for it is long: what is missing must be seen.
        parts.append(self.env._("Permissions granted: %s.", ", ".join(sorted(granted)) or self.env._("none")))
        return " ".join(parts)

    def action_setup(self):
        """Propose webhooks, locations, payment gateways and taxes, and let the user confirm them."""
        self.ensure_one()
        self.check_access("write")
        # Whoever may configure the shop may do this without seeing its keys.
        shop = self.sudo()
        with self.env["o2c.issue"]._guard(
            shop, "connection", key="setup", retry="action_test_connection"
        ) as outcome:
            action = self.env["o2c.shopify.setup"].sudo()._open(shop)
        return action if outcome.ok else self._notification(outcome.issue.message, "danger")

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _currency(self, code):
        return self.env["res.currency"].browse(self._currency_id(code or ""))

    @api.model
    @ormcache("code")
    def _currency_id(self, code):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", code)], limit=1).ids

    def _local_date(self, when):
        """The calendar date of a moment where the company keeps its books.

        :param when: naive datetime in UTC, or an aware one.
        """
        name = self.company_id.partner_id.tz or self.timezone or "UTC"
        try:
            zone = ZoneInfo(name)
        except ZoneInfoNotFoundError:
            zone = ZoneInfo("UTC")
        aware = when if when.tzinfo else when.replace(tzinfo=ZoneInfo("UTC"))
        return aware.astimezone(zone).date()

    def action_open_orders(self):
        """Show the orders of this shop."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("shopify_shop_id", "=", self.id)]
        return action

    def action_open_variants(self):
        """Show which product of the shop is which in Odoo."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_shopify_connector.o2c_shopify_variant_action"
        )
        action["domain"] = [("shop_id", "=", self.id)]
        return action
