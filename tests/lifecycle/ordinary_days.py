"""Runs inside `odoo shell`: uninstalls one addon after the other, and has an ordinary day without each.

A sale is confirmed, delivered, invoiced and paid, and nothing of the addon stays behind.
"""

import os

VIEWS = ("sale.order", "stock.picking", "account.move", "res.config.settings")


def uninstall(env, addon):
    module = env["ir.module.module"].search([("name", "=", addon), ("state", "=", "installed")])
    assert module, f"{addon} was not installed"
    module.button_immediate_uninstall()
    env.transaction.reset()
    assert module.state == "uninstalled", module.state
    left = env["ir.model.data"].search([("module", "=", addon)])
    assert not left, f"{addon} left {left.mapped('name')}"


def ordinary_day(env, addon):
    partner = env["res.partner"].create({"name": "Anna Bakker", "country_id": env.ref("base.nl").id})
    product = env["product.product"].create(
        {"name": f"Spade without {addon}", "type": "consu", "invoice_policy": "order", "list_price": 20.0}
    )
    order = env["sale.order"].create(
        {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id})]}
    )
    order.action_confirm()
    order.picking_ids.move_ids.write({"quantity": 1, "picked": True})
    order.picking_ids.button_validate()
    assert order.picking_ids.state == "done", order.picking_ids.state
    invoice = order._create_invoices()
    invoice.action_post()
    bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
    register = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    register.create({"journal_id": bank.id})._create_payments()
    assert invoice.payment_state in ("paid", "in_payment"), invoice.payment_state
    for model in VIEWS:
        env[model].get_view(view_type="form")
    env.cr.commit()


for addon in os.environ["O2C_SCRIPT_PART"].split():
    print(f"Without {addon}", flush=True)
    uninstall(env, addon)  # noqa: F821  (given by the shell)
    ordinary_day(env, addon)  # noqa: F821
