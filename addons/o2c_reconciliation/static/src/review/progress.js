import { formatCurrency } from "@web/core/currency";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { Component } from "@odoo/owl";

/** How far the matching is: a bar, the open amount, and the states and journals to choose from. */
export class ReviewProgress extends Component {
    static template = "o2c_reconciliation.ReviewProgress";
    static components = { Dropdown, DropdownItem };
    static props = { progress: Object };

    get search() {
        return this.env.searchModel;
    }

    count(...states) {
        return states.reduce((sum, state) => sum + (this.props.progress.states[state] || 0), 0);
    }

    get total() {
        return this.count("open", "proposed", "matched", "manual", "excluded");
    }

    percent(...states) {
        return this.total ? (100 * this.count(...states)) / this.total : 0;
    }

    /** Rounded down: what is not all is never called 100 %. */
    get byItself() {
        return Math.floor(this.percent("matched"));
    }

    get openAmounts() {
        return this.props.progress.open.map(({ amount, currency_id }) =>
            formatCurrency(amount, currency_id)
        );
    }

    get states() {
        const active = this.search.activeStates;
        return [
            { name: "", label: _t("All"), count: this.total },
            { name: "proposed", label: _t("Proposed"), count: this.count("proposed") },
            { name: "open", label: _t("Open"), count: this.count("open") },
            { name: "matched", label: _t("Matched by Itself"), count: this.count("matched") },
            { name: "manual", label: _t("Matched by Hand"), count: this.count("manual") },
            { name: "excluded", label: _t("Excluded"), count: this.count("excluded") },
        ].map((state) => ({
            ...state,
            words: formatInteger(state.count),
            active: state.name
                ? active.includes(state.name) ||
                  (active.includes("waiting") && ["open", "proposed"].includes(state.name))
                : !active.length,
        }));
    }

    get journal() {
        const [active, ...more] = this.search.activeJournals;
        const journal = this.props.progress.journals.find(({ id }) => id === active);
        return more.length || !journal ? false : journal;
    }
}
