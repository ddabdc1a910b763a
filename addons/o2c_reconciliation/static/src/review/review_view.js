import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { onWillStart, useEffect, useState, useSubEnv } from "@odoo/owl";
import { LinePanel } from "./line_panel";
import { ReviewProgress } from "./progress";
import { ReviewSearchModel } from "./search_model";

/** The list of bank lines: the row that is shown beside it is marked, and follows the keyboard. */
export class ReviewRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.review = useState(this.env.o2cReview);
        useEffect(
            (resId, wanted) => {
                if (wanted) {
                    this.focusRow(resId);
                }
            },
            () => [this.review.resId, this.review.focusWanted]
        );
    }

    getRowClass(record) {
        const shown = record.resId === this.review.resId ? " o_o2c_shown" : "";
        return super.getRowClass(record) + shown;
    }

    /** Put the keyboard on the row of this bank line, if the list shows it. */
    focusRow(resId) {
        const record = this.props.list.records.find((each) => each.resId === resId);
        const row = record && this.tableRef.el.querySelector(`tr[data-id="${record.id}"]`);
        row?.querySelector(".o_data_cell")?.focus();
        row?.scrollIntoView({ block: "nearest" });
        this.review.focusWanted = false;
    }

    /** Override: Enter goes on to the buttons of the panel. */
    onCellKeydownReadOnlyMode(hotkey, cell, group, record) {
        if (hotkey === "enter" && record) {
            this.review.resId = record.resId;
            this.review.panelWanted = true;
            return true;
        }
        return super.onCellKeydownReadOnlyMode(hotkey, cell, group, record);
    }

    /** Override: the panel shows the line on which the keyboard is. */
    focus(element) {
        super.focus(element);
        const row = element.closest(".o_data_row");
        const record = row && this.props.list.records.find((each) => each.id === row.dataset.id);
        if (record) {
            this.review.resId = record.resId;
        }
    }
}

export class ReviewController extends ListController {
    static template = "o2c_reconciliation.ReviewView";
    static components = { ...ListController.components, LinePanel, ReviewProgress };

    setup() {
        this.review = useState({
            resId: false,
            focusWanted: false,
            panelWanted: false,
            progress: null,
            version: 0,
        });
        useSubEnv({ o2cReview: this.review });
        super.setup();
        onWillStart(() => this.loadProgress());
        // After each search, page or reload: a line that is still there stays, else the first one is shown.
        useEffect(
            () => {
                const ids = this.lineIds;
                if (!ids.includes(this.review.resId)) {
                    this.review.resId = ids[0] || false;
                    this.review.focusWanted = Boolean(ids.length);
                }
            },
            () => [this.model.root, this.lineIds.join()]
        );
        let known = JSON.stringify(this.env.searchModel.scopeDomain);
        useEffect(
            (scope) => {
                if (scope !== known) {
                    known = scope;
                    this.loadProgress();
                }
            },
            () => [JSON.stringify(this.env.searchModel.scopeDomain)]
        );
        useHotkey("arrowdown", () => this.step(1), { allowRepeat: true });
        useHotkey("arrowup", () => this.step(-1), { allowRepeat: true });
    }

    get lineIds() {
        return this.model.root.records.map((record) => record.resId);
    }

    async loadProgress() {
        this.review.progress = await this.orm.call(
            this.props.resModel,
            "o2c_review_progress",
            [this.env.searchModel.scopeDomain],
            { context: this.props.context }
        );
    }

    /** Show the next (1) or previous (-1) line of the list. */
    step(direction) {
        const ids = this.lineIds;
        const place = ids.indexOf(this.review.resId);
        const next = ids[Math.min(Math.max(place + direction, 0), ids.length - 1)];
        if (next) {
            this.review.resId = next;
            this.review.focusWanted = true;
        }
    }

    /** Override: a click shows the line beside the list; on a small screen it opens the form. */
    openRecord(record, options = {}) {
        if (this.env.isSmall || options.newWindow || options.force) {
            return super.openRecord(record, options);
        }
        this.review.resId = record.resId;
    }

    /** Read list and figures again. A line that was decided makes room for the one after it. */
    async reload({ next = false } = {}) {
        const ids = this.lineIds;
        const place = ids.indexOf(this.review.resId);
        await Promise.all([this.model.root.load(), this.loadProgress()]);
        this.review.version++;
        const left = new Set(this.lineIds);
        if (next) {
            const candidates = [...ids.slice(place + 1), ...ids.slice(0, place).reverse()];
            this.review.resId =
                candidates.find((id) => left.has(id)) || (left.has(ids[place]) && ids[place]) || false;
            this.review.focusWanted = true;
        }
    }

    /** Override: buttons of the list change what the figures and the panel say. */
    async afterExecuteActionButton() {
        await super.afterExecuteActionButton(...arguments);
        await this.loadProgress();
        this.review.version++;
    }
}

export const reviewView = {
    ...listView,
    Controller: ReviewController,
    Renderer: ReviewRenderer,
    SearchModel: ReviewSearchModel,
};

registry.category("views").add("o2c_reconciliation_review", reviewView);
