def post_init_hook(env):
    """Give every company the shipped reconciliation models, and each line and invoice its state."""
    env["res.company"].search([])._o2c_create_reconcile_models()
    # Invoices paid before the installation: stock Community called them paid at registration.
    invoices = env["account.move"].search([("payment_state", "=", "paid"), ("move_type", "!=", "entry")])
    env.add_to_compute(invoices._fields["payment_state"], invoices)
    invoices.flush_recordset(["payment_state"])
    # Settlements read before the installation.
    env["account.bank.statement.line"].search([("mollie_kind", "!=", False)])._o2c_note_booked()
