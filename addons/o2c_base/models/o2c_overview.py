from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .sale_order import STAGES

ON_THE_ROAD = ("ordered", "invoiced", "shipped", "delivered", "settled")
# Days for which done orders are counted, and which the connections' graphs span.
DONE_DAYS = 30
GRAPH_DAYS = 14
# Where keys are typed, by system administrators only.
SETTINGS = "o2c_base.res_config_settings_action"


class O2cOverview(models.AbstractModel):
    """What the Overview shows: how far the orders are, what needs a person, how the connections do.

    The connectors add to ``_todo`` and ``_checklist``; their connections tell ``_o2c_daily``.
    """

    _name = "o2c.overview"
    _description = "Order to Cash Overview"

    @api.model
    def get_overview(self):
        """Everything that the screen shows, for the companies that the user has selected.

        Amounts are in the currency of the current company, at today's rates. Points in time are UTC.
        """
        if not self.env.user.has_group("o2c_base.group_user"):
            raise AccessError(self.env._("The Overview is for users of Order to Cash."))
        return {
            "currency_id": self.env.company.currency_id.id,
            "done_days": DONE_DAYS,
            "stages": self._stages(),
            "todo": self._todo(),
            "connections": self._connections(),
            "checklist": self._steps() if self.env.user.has_group("o2c_base.group_manager") else [],
        }

    # === The road === #

    @api.model
    def _stages(self):
        """Per stage: how many orders, worth how much, and since when the oldest of them waits there."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return []
        labels = dict(orders._fields["o2c_stage"]._description_selection(self.env))
        found = {
            key: {"key": key, "label": labels[key], "count": 0, "amount": 0.0, "oldest": False}
            for key, _label in STAGES
            if key != "cancelled"
        }
        today = fields.Date.context_today(self)
        company = self.env.company
        for stage, currency, count, amount, oldest in orders._read_group(
            self._stage_domain(ON_THE_ROAD)
            | self._stage_domain(("done",)) & fields.Domain("o2c_stage_since", ">=", self._done_since()),
            ["o2c_stage", "currency_id"],
            ["__count", "amount_total:sum", "o2c_stage_since:min"],
        ):
            entry = found[stage]
            entry["count"] += count
            entry["amount"] += currency._convert(amount, company.currency_id, company, today)
            entry["oldest"] = min(filter(None, (entry["oldest"], oldest)), default=False)
        for entry in found.values():
            entry["oldest"] = entry["oldest"] and fields.Datetime.to_string(entry["oldest"])
        return list(found.values())

    @api.model
    def action_open_stage(self, stage):
        """The orders behind a stage of the Overview."""
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_base.sale_order_action")
        domain = self._stage_domain((stage,))
        if stage == "done":
            domain &= fields.Domain("o2c_stage_since", ">=", self._done_since())
        labels = dict(self.env["sale.order"]._fields["o2c_stage"]._description_selection(self.env))
        page = self.env["sale.order"].get_formview_id()
        return {
            **action,
            "views": [(page if kind == "form" else view, kind) for view, kind in action["views"]],
            "name": labels[stage],
            "domain": list(domain),
            "context": {},
            "path": False,
        }

    @api.model
    def _stage_domain(self, stages):
        return fields.Domain("o2c_stage", "in", stages) & fields.Domain(
            "company_id", "in", self.env.companies.ids
        )

    @api.model
    def _done_since(self):
        return fields.Datetime.now() - timedelta(days=DONE_DAYS)

    # === What needs a person === #

    @api.model
    def _todo(self):
        """Lists that wait for somebody, the longest waiting first.

        :return: dicts of ``key``, ``label``, ``count``, ``oldest`` (UTC, or False) and ``action``.
        """
        issues = self.env["o2c.issue"]
        labels = dict(issues._fields["kind"]._description_selection(self.env))
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_base.o2c_issue_action")
        return [
            {
                "key": kind,
                "label": labels[kind],
                "count": count,
                "oldest": fields.Datetime.to_string(oldest),
                "action": {
                    **action,
                    "name": labels[kind],
                    "domain": [("kind", "=", kind)],
                    "context": {"search_default_open": 1},
                    "path": False,
                },
            }
            for kind, count, oldest in issues._read_group(
                issues._waiting_domain() & fields.Domain("company_id", "in", self.env.companies.ids),
                ["kind"],
                ["__count", "create_date:min"],
                order="create_date:min",
            )
        ]

    # === The connections === #

    @api.model
    def _connections(self):
        cards = []
        for name in sorted(self.env.registry.descendants(["o2c.connection.mixin"], "_inherit")):
            model = self.env[name]
            if model._abstract or not model.has_access("read"):
                continue
            for connection in model.search([("company_id", "in", self.env.companies.ids)]):
                cards.append(connection._o2c_card(GRAPH_DAYS))
        return cards

    # === Getting started === #

    @api.model
    def _steps(self):
        """The checklist in its order; what only a system administrator can open says so to others."""
        steps = sorted(self._checklist(), key=lambda step: step["sequence"])
        if self.env.user.has_group("base.group_system"):
            return steps
        hint = self.env._("A system administrator takes this step, in Settings.")
        return [
            {**step, "action": False, "hint": hint} if step["action"] == SETTINGS else step for step in steps
        ]

    @api.model
    def _checklist(self):
        """The steps of the set-up.

        :return: dicts of ``key``, ``sequence``, ``label``, ``hint`` (what to do, also at the platform),
            ``done``, ``action`` (the xml id of what the step opens) and ``anchor`` (the id of the setting
            on that page, for steps that open Settings).
        """
        return []
