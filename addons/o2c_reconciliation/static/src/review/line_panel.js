import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatCurrency } from "@web/core/currency";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatInteger } from "@web/views/fields/formatters";
import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { PartsEditor } from "./parts_editor";
import { SmallSum } from "./small_sum";

const STATES = {
    open: { label: _t("Open"), badge: "text-bg-warning" },
    proposed: { label: _t("Proposed"), badge: "text-bg-info" },
    matched: { label: _t("Matched by Itself"), badge: "text-bg-success" },
    manual: { label: _t("Matched by Hand"), badge: "text-bg-success" },
    excluded: { label: _t("Excluded"), badge: "text-bg-secondary" },
};
const HELD = 60; // ms; while an arrow key is held, only the line on which it is let go is read
const ASK_FROM = 20; // more than so many proposals are accepted only after a question

/**
 * One bank line beside the list: what it says, what it may pay, and what a person does with it.
 *
 * The list marks a line at once, the panel shows it when it was read. Until then it shows the line before, and
 * nothing can be done.
 */
export class LinePanel extends Component {
    static template = "o2c_reconciliation.LinePanel";
    static components = { PartsEditor, SmallSum };
    static props = {
        // Another number: the line is read again.
        version: Number,
        domain: Array,
        onDone: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.review = useState(this.env.o2cReview);
        this.state = useState({ line: null, version: -1, chosen: 0, busy: false, unread: false });
        const loadSoon = useDebounced(() => this.load(), HELD);
        let shown;
        useEffect(
            (_resId, version, domain) => {
                const said = `${version} ${domain}`;
                if (said === shown) {
                    loadSoon();
                } else {
                    shown = said;
                    loadSoon.cancel();
                    this.load();
                }
            },
            () => [this.review.resId, this.props.version, JSON.stringify(this.props.domain)]
        );
        useEffect(
            (wanted, isReady) => {
                if (wanted && isReady) {
                    this.root.el
                        .querySelector(".o_o2c_actions button:not(:disabled), .o_o2c_undo")
                        ?.focus();
                    this.review.panelWanted = false;
                }
            },
            () => [this.review.panelWanted, this.isReady]
        );
        for (const place of [1, 2, 3]) {
            useHotkey(String(place), () => this.choose(place - 1), {
                isAvailable: () => this.isReady && !this.review.choosing && this.proposals.length >= place,
            });
        }
        onWillUnmount(() => (this.review.choosing = false));
    }

    /** Read the marked line. An answer about a line that is not marked any more is nobody's business. */
    async load() {
        const { resId } = this.review;
        const { version } = this.props;
        this.state.unread = false;
        let line;
        try {
            line = await this.keepLast.add(
                this.orm.call("account.bank.statement.line", "o2c_review", [[resId], this.props.domain])
            );
        } catch (error) {
            this.state.unread = true;
            throw error;
        }
        if (line.id !== this.review.resId) {
            return;
        }
        const same = this.state.line?.id === line.id;
        const chosen = same && this.proposal?.id;
        Object.assign(this.state, { line, version });
        this.state.chosen = Math.max(
            this.proposals.findIndex(({ id }) => id === chosen),
            0
        );
        this.review.choosing = same && this.review.choosing && !this.isDone;
    }

    // --- What is shown ---

    get line() {
        return this.state.line;
    }

    /** Whether the line that is shown is the marked one as it is now, and nothing is being done with it. */
    get isReady() {
        const { line, version, busy } = this.state;
        return line?.id === this.review.resId && version === this.props.version && !busy;
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

    get mayMatchNow() {
        return ["open", "proposed"].includes(this.line.state);
    }

    get stillOpen() {
        return _t("%s open", this.money(this.line.open_amount, this.line.open_currency_id));
    }

    get acceptAlikeLabel() {
        const { rule } = this.line.alike;
        const count = formatInteger(this.line.alike.count);
        return this.line.alike_more
            ? _t("Accept the first %(count)s of “%(rule)s”", { count, rule })
            : _t("Accept all %(count)s of “%(rule)s”", { count, rule });
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
    get appliedParts() {
        return this.line.applied.map((match) => ({
            name: match.items.map(({ name }) => name).join(", ") || match.rule?.name || _t("Booked"),
            amount: match.explained,
        }));
    }

    /** All of the bank lines that a match takes together, as far as they are in one currency. */
    together(amount, ...matches) {
        const others = new Map(
            matches.flatMap((match) => match.lines.map((line) => [line.id, line]))
        );
        return [...others.values()]
            .filter((line) => line.currency_id === this.line.open_currency_id)
            .reduce((sum, line) => sum + line.amount, amount);
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

    /** The proposals are one group of radio buttons: arrows choose among them once the keyboard is on them. */
    onProposalKeydown(ev) {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const count = this.proposals.length;
        this.choose((this.state.chosen + step + count) % count);
        this.root.el.querySelectorAll(".o_o2c_proposal")[this.state.chosen].focus();
    }

    /** Escape leads from the parts back to the buttons, and from them to the list. */
    onKeydown(ev) {
        if (ev.key !== "Escape") {
            return;
        }
        ev.stopPropagation();
        if (this.review.choosing) {
            this.stopChoosing();
        } else {
            this.review.focusWanted = true;
        }
    }

    startChoosing() {
        this.review.choosing = this.isReady;
    }

    stopChoosing() {
        this.review.choosing = false;
        this.review.panelWanted = true;
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

    /**
     * Do something with the line that is shown, if it is the marked one; then read list and line again, whether
     * that went well or not.
     *
     * @param {string} method
     * @param {number[] | null} ids of matches; otherwise it is done with the line
     * @param {any[]} [more] further arguments
     * @param {boolean} [next] go on to the next line
     */
    async act(method, ids, more = [], next = false) {
        if (!this.isReady) {
            return;
        }
        const { id } = this.line;
        const model = ids ? "o2c.match" : "account.bank.statement.line";
        let done = false;
        this.state.busy = true;
        try {
            const result = await this.orm.call(model, method, [ids || [id], ...more]);
            done = true;
            this.review.choosing = false;
            if (result?.type) {
                await this.action.doAction(result);
            }
        } finally {
            try {
                await this.props.onDone({ from: id, next: next && done });
            } finally {
                this.state.busy = false;
            }
        }
    }

    accept() {
        return this.act("action_accept", [this.proposal.id], [], true);
    }

    acceptAlike() {
        const { alike, alike_ids: expected } = this.line;
        const accept = () => this.act("action_o2c_accept_alike", null, [this.props.domain, expected], true);
        if (!this.isReady || alike.count <= ASK_FROM) {
            return accept();
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Accept many proposals"),
            body: _t("%(count)s bank lines are matched as “%(rule)s” proposes. Each can be undone.", {
                count: formatInteger(alike.count),
                rule: alike.rule,
            }),
            confirmLabel: _t("Accept"),
            confirm: () => {
                accept();
            },
            cancel: () => {},
        });
    }

    undo(match) {
        return this.act("action_undo", [match.id]);
    }

    undoBooking() {
        return this.act("action_o2c_undo", null);
    }

    matchNow() {
        return this.act("action_o2c_match", null);
    }

    exclude() {
        return this.act("action_o2c_exclude", null, [], true);
    }

    include() {
        return this.act("action_o2c_include", null);
    }

    apply(items, bookings) {
        const expected = this.line.open_amount;
        return this.act("o2c_review_apply", null, [items, bookings, expected], true);
    }
}
