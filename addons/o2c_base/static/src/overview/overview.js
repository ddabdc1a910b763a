import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DailyGraph } from "./daily_graph";

/** The road from order to cash, what needs a person, and how the connections do. */
export class Overview extends Component {
    static template = "o2c_base.Overview";
    static components = { DailyGraph, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, busy: false });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("o2c.overview", "get_overview");
    }

    get stepsLeft() {
        return this.state.data.checklist.filter((step) => !step.done).length;
    }

    get progress() {
        const all = this.state.data.checklist.length;
        return _t("%(done)s of %(all)s steps done", { done: all - this.stepsLeft, all });
    }

    title(stage) {
        return stage.key === "done"
            ? _t("%(stage)s (last %(days)s days)", {
                  stage: stage.label,
                  days: this.state.data.done_days,
              })
            : stage.label;
    }

    oldest(stage) {
        return _t("Oldest: %s", this.ago(stage.oldest));
    }

    /** What is known of a connection, in one line. */
    health(card) {
        return [
            card.platform,
            card.last_success && _t("answered %s", this.ago(card.last_success)),
            card.backlog && _t("%s waiting", card.backlog),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    /** The first step that is not done: the one to take now. */
    isNext(step) {
        return step === this.state.data.checklist.find((candidate) => !candidate.done);
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.state.data.currency_id });
    }

    ago(moment) {
        return moment ? deserializeDateTime(moment).toRelative() : "";
    }

    share(amount) {
        const most = Math.max(...this.state.data.stages.map((stage) => stage.amount), 1);
        return Math.max(0, Math.round((100 * amount) / most));
    }

    async openStage(stage) {
        this.action.doAction(await this.orm.call("o2c.overview", "action_open_stage", [stage.key]));
    }

    open(action) {
        return this.action.doAction(action);
    }

    openConnection(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: card.model,
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    async sync(card) {
        this.state.busy = true;
        try {
            const next = await this.orm.call(card.model, card.sync, [[card.id]]);
            if (next) {
                await this.action.doAction(next);
            }
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("actions").add("o2c_overview", Overview);
