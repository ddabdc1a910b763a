"""Runs inside `odoo shell` on an upgraded database: everything opens, and the work of yesterday goes on."""

from odoo.tools.safe_eval import safe_eval


def screens_open(env):
    actions = env["ir.actions.act_window"].search([])
    xml_ids = actions.get_external_id()
    ours = actions.filtered(lambda action: xml_ids[action.id].startswith("o2c_"))
    assert len(ours) > 10, len(ours)
    for action in ours:
        model = env[action.res_model]
        context = safe_eval(action.context or "{}", {"uid": env.uid, "active_id": False})
        model.with_context(**context).get_views(action.views, {"load_filters": True})
        for _view, kind in action.views:
            assert kind in ("list", "form", "kanban", "pivot", "graph", "search", "activity"), kind
    assert env["o2c.overview"].get_overview()["stages"]


def records_read(env):
    for model in env.values():
        if model._name.startswith("o2c.") and model._auto and not model._transient:
            model.search([]).read()
    orders = env["sale.order"].search([("o2c_stage", "!=", False)])
    (orders | orders.picking_ids.sale_id).read()
    orders.picking_ids.read()
    orders.invoice_ids.read()


def work_goes_on(env):
    line = env["o2c.match"].search([("state", "=", "proposed")], limit=1).line_ids
    line.action_o2c_accept()
    assert line.is_reconciled
    match = line.o2c_match_ids.filtered(lambda found: found.state == "applied")
    assert len(match) == 1, match
    match.action_undo()
    assert not line.is_reconciled
    delivery = env["stock.picking"].search(
        [("state", "=", "assigned"), ("picking_type_code", "=", "outgoing")], limit=1
    )
    stage = delivery.sale_id.o2c_stage
    delivery.move_ids.picked = True
    delivery.button_validate()
    assert delivery.state == "done", delivery.state
    assert stage != delivery.sale_id.o2c_stage, stage
    assert env["o2c.sendcloud.shipment"].search([("picking_id", "=", delivery.id)])


waiting = env["ir.module.module"].search(  # noqa: F821  (given by the shell)
    [("name", "=like", "o2c%"), ("state", "not in", ("installed", "uninstalled"))]
)
assert not waiting, waiting.mapped("name")
screens_open(env)  # noqa: F821
records_read(env)  # noqa: F821
work_goes_on(env)  # noqa: F821
