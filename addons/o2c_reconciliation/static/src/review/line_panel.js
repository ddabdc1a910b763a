import { formatCurrency } from "@web/core/currency";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { PartsEditor } from "./parts_editor";
import { SmallSum } from "./small_sum";

const STATES = {
    open: { label: _t("Open"), badge: "text-bg-warning" },
    proposed: { label: _t("Proposed"), badge: "text-bg-info" },
    matched: { label: _t("Matched by Itself"), badge: "text-bg-success" },
    manual: { label: _t("Matched by Hand"), badge: "text-bg-success" },
    excluded: { label: _t("Excluded from Matching"), badge: "text-bg-secondary" },
};

/** One bank line beside the list: what it says, what it may pay, and what a person does with it. */
export class LinePanel extends Component {
    static template = "o2c_reconciliation.LinePanel";
    static components = { PartsEditor, SmallSum };
    static props = {
        resId: Number,
        // Another number: the line is read again.
        version: Number,
        domain: Array,
        onDone: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.review = useState(this.env.o2cReview);
        this.state = useState({ line: null, chosen: 0, choosing: false, busy: false });
        onWillStart(() => this.load(this.props.resId));
        onWillUpdateProps((next) => {
            if (next.resId !== this.props.resId || next.version !== this.props.version) {
                return this.load(next.resId);
            }
        });
        useEffect(
            (wanted) => {
                if (wanted) {
                    this.root.el.querySelector(".o_o2c_actions button, .o_o2c_undo")?.focus();
                    this.review.panelWanted = false;
                }
            },
            () => [this.review.panelWanted]
        );
        for (const place of [1, 2, 3]) {
            useHotkey(String(place), () => this.choose(place - 1), {
                isAvailable: () => this.proposals.length >= place,
            });
        }
    }

    async load(resId) {
        const line = await this.keepLast.add(
            this.orm.call("account.bank.statement.line", "o2c_review", [[resId], this.props.domain])
        );
        const same = this.state.line?.id === line.id;
        Object.assign(this.state, {
            line,
            chosen: 0,
            choosing: same && this.state.choosing && !this.isDone,
        });
    }

    // --- What is shown ---

    get line() {
        return this.state.line;
    }

    get badge() {
        return STATES[this.line.state];
    }

    get isDone() {
        return ["matched", "manual"].includes(this.line?.state);
    }

    /** Whether a part of the line is explained already. */
    get isPartlyDone() {
        return !this.isDone && this.line.applied.length > 0;
    }

    /** Nothing is left to explain, and no match says why. */
    get isBookedOtherwise() {
        return this.isDone && !this.line.applied.length;
    }

    get stillOpen() {
        return _t("%s open", this.money(this.line.open_amount, this.line.open_currency_id));
    }

    get acceptAlikeLabel() {
        return _t("Accept all %(count)s of “%(rule)s”", this.line.alike);
    }

    /** Who matched, and when. */
    byWhom(match) {
        return match.automatic
            ? _t("By itself, %s", this.moment(match.at))
            : `${match.by}, ${this.moment(match.at)}`;
    }

    get proposals() {
        return (!this.isDone && this.line?.proposals) || [];
    }

    get proposal() {
        return this.proposals[this.state.chosen];
    }

    /** Rows of the small sum for a proposal. */
    parts(match) {
        return match.items.map((item) => ({ name: item.name, amount: item.residual }));
    }

    /** The same for what is applied: its items have nothing open any more. */
    appliedParts(match) {
        const names = match.items.map(({ name }) => name).join(", ");
        return [{ name: names || match.rule?.name || _t("Booked"), amount: match.explained }];
    }

    /** All of the bank lines that a match takes together. */
    lineAmount(match) {
        return match.lines.reduce((sum, line) => sum + line.amount, this.line.open_amount);
    }

    money(amount, currencyId) {
        return formatCurrency(amount, currencyId);
    }

    day(date) {
        return date ? formatDate(deserializeDate(date)) : "";
    }

    moment(time) {
        return time ? formatDateTime(deserializeDateTime(time)) : "";
    }

    choose(place) {
        this.state.chosen = place;
    }

    // --- Ways to other documents ---

    open(link) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: link.model,
            res_id: link.id,
            views: [[false, "form"]],
        });
    }

    // --- What a person does ---

    async act(method, ids, ...more) {
        const model = ids ? "o2c.match" : "account.bank.statement.line";
        this.state.busy = true;
        try {
            const result = await this.orm.call(model, method, [ids || [this.line.id], ...more]);
            if (result?.type) {
                await this.action.doAction(result);
            }
        } finally {
            this.state.busy = false;
        }
    }

    async accept() {
        await this.act("action_accept", [this.proposal.id]);
        await this.props.onDone({ next: true });
    }

    async acceptAlike() {
        await this.act("action_o2c_accept_alike", null, this.props.domain);
        await this.props.onDone({ next: true });
    }

    async undo(match) {
        await this.act("action_undo", [match.id]);
        await this.props.onDone();
    }

    async undoBooking() {
        await this.act("action_o2c_undo");
        await this.props.onDone();
    }

    async matchNow() {
        await this.act("action_o2c_match");
        await this.props.onDone();
    }

    async exclude() {
        const next = this.line.state !== "excluded";
        await this.act("action_o2c_exclude");
        await this.props.onDone({ next });
    }

    async apply(items, bookings) {
        await this.act("o2c_review_apply", null, items, bookings);
        this.state.choosing = false;
        await this.props.onDone({ next: true });
    }
}
