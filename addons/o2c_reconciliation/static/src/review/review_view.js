import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { onWillStart, useEffect, useState, useSubEnv } from "@odoo/owl";
import { LinePanel } from "./line_panel";
import { ReviewProgress } from "./progress";
import { ReviewSearchModel } from "./search_model";

/** Mark a line of the list, which the panel then shows; `wanted` is where the keyboard is to be put. */
function mark(review, resId, wanted = {}) {
    Object.assign(review, { resId, focusWanted: false, panelWanted: false, ...wanted });
}

/** Whether somebody types, so that the keyboard must stay where it is. */
function isTyping() {
    return document.activeElement?.matches("input:not([type=checkbox]), textarea, [contenteditable=true]");
}

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

    /** Override: Enter goes on to the buttons of the panel, an arrow at the edge to the next page. */
    onCellKeydownReadOnlyMode(hotkey, cell, group, record) {
        if (hotkey === "enter" && record) {
            mark(this.review, record.resId, { panelWanted: true });
            return true;
        }
        const direction = { arrowdown: 1, arrowup: -1 }[hotkey];
        if (direction && this.review.choosing) {
            return true;
        }
        if (direction && record && this.env.o2cTurnPage(record.resId, direction)) {
            return true;
        }
        return super.onCellKeydownReadOnlyMode(hotkey, cell, group, record);
    }

    /** Override: the panel shows the line on which the keyboard is. */
    focus(element) {
        super.focus(element);
        const row = element?.closest(".o_data_row");
        const record = row && this.props.list.records.find((each) => each.id === row.dataset.id);
        if (record && record.resId !== this.review.resId) {
            mark(this.review, record.resId);
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
            // Somebody lays out what the line pays.
            choosing: false,
            progress: null,
            version: 0,
        });
        this.progressTurn = 0;
        // The lines as the list last showed them.
        this.known = [];
        this.isOpened = false;
        this.isTurning = false;
        useSubEnv({
            o2cReview: this.review,
            o2cTurnPage: (resId, direction) => this.turnPage(resId, direction),
        });
        super.setup();
        onWillStart(() => this.loadProgress());
        // After each search, page or reload: a line that is still there stays, else its neighbour is shown.
        useEffect(
            () => this.keepMark(),
            () => [this.model.root, this.lineIds.join()]
        );
        let scopeKnown = JSON.stringify(this.env.searchModel.scopeDomain);
        useEffect(
            (scope) => {
                if (scope !== scopeKnown) {
                    scopeKnown = scope;
                    this.loadProgress();
                }
            },
            () => [JSON.stringify(this.env.searchModel.scopeDomain)]
        );
        const arrows = { allowRepeat: true, isAvailable: () => !this.review.choosing };
        useHotkey("arrowdown", () => this.step(1), arrows);
        useHotkey("arrowup", () => this.step(-1), arrows);
    }

    get lineIds() {
        return this.model.root.records.map((record) => record.resId);
    }

    /** Of several answers the last one that was asked for counts, whichever comes last. */
    async loadProgress() {
        const turn = ++this.progressTurn;
        const progress = await this.orm.call(
            this.props.resModel,
            "o2c_review_progress",
            [this.env.searchModel.scopeDomain],
            { context: this.props.context }
        );
        if (turn === this.progressTurn) {
            this.review.progress = progress;
        }
    }

    keepMark() {
        const { known, lineIds: ids } = this;
        this.known = ids;
        if (!ids.includes(this.review.resId)) {
            // At first the keyboard comes to the list; later on it is not taken out of the search box.
            const focusWanted = Boolean(ids.length) && (!this.isOpened || !isTyping());
            this.isOpened ||= Boolean(ids.length);
            mark(this.review, this.neighbour(known, this.review.resId, ids), { focusWanted });
        }
    }

    /**
     * The line to show after a line that is done with: the next one that is left, else what has come to its
     * place, else the last one. After another search it is the first one.
     */
    neighbour(known, resId, ids) {
        const place = known.indexOf(resId);
        const left = new Set(ids);
        if (place < 0 || !known.some((id) => left.has(id))) {
            return ids[0] || false;
        }
        return known.slice(place + 1).find((id) => left.has(id)) || ids[Math.min(place, ids.length - 1)];
    }

    /** Show the next (1) or previous (-1) line of the list. */
    step(direction) {
        const ids = this.lineIds;
        if (this.turnPage(this.review.resId, direction)) {
            return;
        }
        const place = ids.indexOf(this.review.resId);
        const next = ids[Math.min(Math.max(place + direction, 0), ids.length - 1)];
        if (next) {
            mark(this.review, next, { focusWanted: true });
        }
    }

    /** At the edge of a page, go to the page beside it; tells whether there is one. */
    turnPage(resId, direction) {
        const { root } = this.model;
        const ids = this.lineIds;
        const offset = root.offset + direction * root.limit;
        if (
            root.isGrouped ||
            this.isTurning ||
            resId !== ids.at(direction > 0 ? -1 : 0) ||
            offset <= -root.limit ||
            (direction > 0 && offset >= root.count)
        ) {
            return false;
        }
        this.goToPage(Math.max(offset, 0), direction);
        return true;
    }

    async goToPage(offset, direction) {
        this.isTurning = true;
        try {
            await this.model.root.load({ offset });
        } finally {
            this.isTurning = false;
        }
        const resId = this.lineIds.at(direction > 0 ? 0 : -1);
        if (resId) {
            mark(this.review, resId, { focusWanted: true });
        }
    }

    /** Override: a click shows the line beside the list; on a small screen it opens the form. */
    openRecord(record, options = {}) {
        if (this.env.isSmall || options.newWindow || options.force) {
            return super.openRecord(record, options);
        }
        mark(this.review, record.resId);
    }

    /**
     * Read list and figures again.
     *
     * @param {number} [from] the line that something was done with
     * @param {boolean} [next] go on to the line after it, unless somebody has gone elsewhere already
     */
    async reload({ from, next = false } = {}) {
        const known = this.lineIds;
        this.loadProgress();
        await this.model.root.load();
        this.review.version++;
        const ids = this.lineIds;
        if (next && this.review.resId === from) {
            this.known = ids;
            mark(this.review, this.neighbour(known, from, ids), { focusWanted: true });
        }
    }

    /** Override: buttons of the list change what the figures and the panel say. */
    async afterExecuteActionButton() {
        await super.afterExecuteActionButton(...arguments);
        this.review.version++;
        await this.loadProgress();
    }
}

export const reviewView = {
    ...listView,
    Controller: ReviewController,
    Renderer: ReviewRenderer,
    SearchModel: ReviewSearchModel,
};

registry.category("views").add("o2c_reconciliation_review", reviewView);
