from odoo import api, fields, models

from odoo.addons.o2c_base.models.o2c_connection_mixin import SECRET_MASK

FIELDS = {
    "o2c_mollie_access_token": "access_token",
    "o2c_mollie_start_date": "start_date",
    "o2c_mollie_fee_mode": "fee_mode",
    "o2c_mollie_fee_account_id": "fee_account_id",
}


class ResConfigSettings(models.TransientModel):
    """The first Mollie account of the company, so that it can be connected from the settings."""

    _inherit = "res.config.settings"

    o2c_mollie_access_token = fields.Char("Mollie access token", groups="base.group_system")
    o2c_mollie_state = fields.Selection(
        selection=lambda self: (
            self.env["o2c.mollie.account"]._fields["state"]._description_selection(self.env)
        ),
        string="Mollie connection",
        readonly=True,
    )
    o2c_mollie_last_error = fields.Text("Last Error", readonly=True)
    o2c_mollie_start_date = fields.Date("Import from")
    o2c_mollie_fee_mode = fields.Selection(
        [
            ("payable", "To Mollie as a supplier; its monthly bill clears them"),
            ("expense", "To expenses and VAT at once; the monthly bill is not booked"),
        ],
        "Mollie's fees go",
    )
    o2c_mollie_fee_account_id = fields.Many2one(
        "account.account",
        "Fee expenses",
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
    )

    def _o2c_secret_settings(self):
        return super()._o2c_secret_settings() + ["o2c_mollie_access_token"]

    @api.model
    def _o2c_mollie_account(self):
        return self.env["o2c.mollie.account"].search(
            [("company_id", "=", self.env.company.id)], order="id", limit=1
        )

    @api.model
    def get_values(self):
        values = super().get_values()
        account = self._o2c_mollie_account()
        defaults = account.default_get(["start_date", "fee_mode"])
        values.update(
            o2c_mollie_access_token=account._masked("access_token") if account else False,
            o2c_mollie_state=account.state or "draft",
            o2c_mollie_last_error=account.last_error,
            o2c_mollie_start_date=account.start_date or defaults["start_date"],
            o2c_mollie_fee_mode=account.fee_mode or defaults["fee_mode"],
            o2c_mollie_fee_account_id=account.fee_account_id.id,
        )
        return values

    def set_values(self):
        result = super().set_values()
        self._o2c_mollie_store()
        return result

    def _o2c_mollie_store(self):
        """Take over what was typed; without a token ever typed there is nothing to make.

        :return: o2c.mollie.account, possibly empty.
        """
        self.ensure_one()
        account = self._o2c_mollie_account()
        values = {}
        for name, target in FIELDS.items():
            value = self[name]
            if name == "o2c_mollie_access_token" and value == SECRET_MASK:
                continue
            value = value.id if isinstance(value, models.BaseModel) else value
            current = account[target] if account else None
            current = current.id if isinstance(current, models.BaseModel) else current
            if not account or value != current:
                values[target] = value
        if account:
            if values:
                account.write(values)
        elif self.o2c_mollie_access_token:
            account = account.create({**values, "company_id": self.env.company.id})
        return account

    def action_o2c_mollie_test_connection(self):
        # The page is loaded again afterwards: what was typed elsewhere on it is kept, too.
        self.execute()
        account = self._o2c_mollie_store() or self._o2c_mollie_account().create(
            {"company_id": self.env.company.id}
        )
        return account.action_test_connection()

    def action_o2c_mollie_create_journals(self):
        return self._o2c_mollie_store().action_create_journals()

    def action_o2c_mollie_open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_mollie_payments.o2c_mollie_account_action"
        )
        account = self._o2c_mollie_account()
        if account:
            action.update(views=[(False, "form")], res_id=account.id)
        return action
