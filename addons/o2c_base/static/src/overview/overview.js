import { Component, onMounted, onWillStart, onWillUnmount, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DailyGraph } from "./daily_graph";

// How often the screen looks again (ms): while the first order is waited for, and later.
const SOON = 5000;
const LATER = 60000;

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
        onMounted(() => this.lookLater());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** Look again by itself; nobody presses a key to see the first order arrive. */
    lookLater() {
        this.timer = browser.setTimeout(
            async () => {
                if (!document.hidden && !this.state.busy) {
                    try {
                        this.state.data = await this.orm.silent.call("o2c.overview", "get_overview");
                    } catch {
                        // Out of reach for a moment: the next look will tell.
                    }
                }
                if (status(this) === "mounted") {
                    this.lookLater();
                }
            },
            this.stepsLeft === 1 ? SOON : LATER
        );
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

    async openStep(step) {
        await this.open(step.action);
        // Settings are a long page.
        document.getElementById(step.anchor)?.scrollIntoView();
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
