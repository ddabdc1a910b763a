"""Runs inside `odoo shell`: a Dutch company, its chart of accounts and One Stop Shop taxes."""

import os

company = env.ref("base.main_company")  # noqa: F821  (given by the shell)

if os.environ["O2C_SCRIPT_PART"] == "country":
    company.write(
        {
            "name": "Garden Lane",
            "country_id": env.ref("base.nl").id,  # noqa: F821
            "currency_id": env.ref("base.EUR").id,  # noqa: F821
        }
    )
    env.ref("base.EUR").active = True  # noqa: F821
else:
    company.write(
        {
            "street": "Keizersgracht 100",
            "zip": "1015 CV",
            "city": "Amsterdam",
            "vat": "NL000099998B57",
            "phone": "+31 20 123 4567",
            "email": "orders@garden-lane.example",
            # Otherwise the first delivery asks whether to send text messages.
            "stock_text_confirmation": False,
        }
    )
    assert company.chart_template == "nl", company.chart_template
    company._map_eu_taxes()
    # Odoo maps one reduced rate per country. Seeds and plants have another one in France: 10 %.
    position = env["account.fiscal.position"].search(  # noqa: F821
        [("company_id", "=", company.id), ("country_id.code", "=", "FR")], limit=1
    )
    reduced = position.tax_ids.filtered(lambda tax: tax.amount == 5.5)
    reduced.copy({"name": "10.0% FR VAT", "amount": 10.0, "fiscal_position_ids": position.ids})

env.cr.commit()  # noqa: F821
