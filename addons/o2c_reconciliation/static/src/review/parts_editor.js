import { formatCurrency, getCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatFloat } from "@web/views/fields/formatters";
import { Component, onWillStart, useState } from "@odoo/owl";
import { readAmount } from "./amount";
import { SmallSum } from "./small_sum";

/**
 * What a person lays out for a bank line: open items that are searched for, and models that book a part or
 * the rest. Each part may be given an amount of its own; what the parts leave stays open. An item in
 * another currency counts at the rate of the line's day, unless its part is said to pay it in full.
 */
export class PartsEditor extends Component {
    static template = "o2c_reconciliation.PartsEditor";
    static components = { SmallSum };
    static props = {
        line: Object,
        busy: Boolean,
        onApply: Function,
        onBack: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ text: "", found: [], searchedFor: null, parts: [] });
        useAutofocus({ refName: "search" });
        this.searchSoon = useDebounced(() => this.search(), 250);
        onWillStart(() => this.search());
    }

    get line() {
        return this.props.line;
    }

    money(amount, currencyId = this.line.open_currency_id) {
        return formatCurrency(amount, currencyId);
    }

    day(date) {
        return date ? formatDate(deserializeDate(date)) : "";
    }

    async search() {
        const { text } = this.state;
        const chosen = this.state.parts.filter((part) => part.item).map((part) => part.item.id);
        const found = await this.keepLast.add(
            this.orm.call("account.bank.statement.line", "o2c_review_search", [[this.line.id], text, chosen])
        );
        Object.assign(this.state, { found, searchedFor: text });
    }

    onText(ev) {
        this.state.text = ev.target.value;
        this.searchSoon();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            if (!ev.repeat) {
                this.onEnter();
            }
        }
    }

    /** Enter takes the first thing found for the text; with nothing typed it applies what was chosen. */
    async onEnter() {
        const { text } = this.state;
        if (!text && this.state.parts.length) {
            this.apply();
            return;
        }
        if (this.state.searchedFor !== text) {
            this.searchSoon.cancel();
            await this.search();
        }
        if (this.state.text === text && this.found.length) {
            this.addItem(this.found[0]);
        }
    }

    addItem(item) {
        if (this.state.parts.some((part) => part.item?.id === item.id)) {
            return;
        }
        this.state.parts.push({ key: `item${item.id}`, item, name: item.name, typed: "", inFull: false });
        this.state.text = "";
        this.searchSoon.cancel();
        return this.search();
    }

    addModel(model) {
        this.state.parts.push({ key: `model${model.id}`, model, name: model.name, typed: "" });
    }

    remove(part) {
        this.state.parts.splice(this.state.parts.indexOf(part), 1);
        return this.search();
    }

    get digits() {
        return getCurrency(this.line.open_currency_id)?.digits;
    }

    /** The amount that a person typed; null when nothing, NaN when it is none of this currency. */
    typed(part) {
        const text = part.typed.trim();
        if (!text) {
            return null;
        }
        const amount = readAmount(text);
        return Number(amount.toFixed(this.digits?.[1] ?? 2)) === amount ? amount : NaN;
    }

    isWrong(part) {
        const amount = this.typed(part);
        return amount !== null && !amount;
    }

    /** What was found and is not chosen yet; the answer of the server may be older than the choice. */
    get found() {
        const chosen = this.state.parts.map((part) => part.item?.id);
        return this.state.found.filter(({ id }) => !chosen.includes(id));
    }

    /**
     * What each part takes of the line; a model without an amount, or an item that is to be paid in full,
     * takes what all others leave.
     */
    get amounts() {
        let left = this.line.open_amount;
        const amounts = this.state.parts.map((part) => {
            const amount = this.typed(part);
            const asks = part.item && !part.inFull ? part.item.asks : null;
            const taken = amount === null ? asks : amount || 0;
            left -= taken || 0;
            return taken;
        });
        left = Number(left.toFixed(6));
        const rest = amounts.indexOf(null);
        return amounts.map((amount, place) => (amount === null ? (place === rest ? left : 0) : amount));
    }

    get rows() {
        return this.state.parts.map((part, place) => ({
            name: part.name,
            amount: this.amounts[place],
        }));
    }

    placeholder(part) {
        return formatFloat(this.amounts[this.state.parts.indexOf(part)], { digits: this.digits });
    }

    /** What to write instead of a wrong amount. */
    get hint() {
        return _t("Give an amount such as %s.", formatFloat(1234.56, { digits: this.digits }));
    }

    /** Models that are not used yet, while something is left to book. */
    get models() {
        const left = this.rows.reduce((rest, row) => rest - row.amount, this.line.open_amount);
        const used = this.state.parts.map((part) => part.model?.id);
        return Math.abs(left) < 0.000001 ? [] : this.line.models.filter(({ id }) => !used.includes(id));
    }

    get canApply() {
        const { parts } = this.state;
        return parts.length && !this.props.busy && !parts.some((part) => this.isWrong(part));
    }

    apply() {
        if (!this.canApply) {
            return;
        }
        const items = this.state.parts.filter((part) => part.item);
        const models = this.state.parts.filter((part) => part.model);
        return this.props.onApply(
            items.map((part) => ({ id: part.item.id, amount: this.typed(part), in_full: part.inFull })),
            models.map((part) => ({ model_id: part.model.id, amount: this.typed(part) }))
        );
    }
}
