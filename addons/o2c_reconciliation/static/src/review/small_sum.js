import { formatCurrency } from "@web/core/currency";
import { Component } from "@odoo/owl";

/** The bank line's amount, what explains it, and what is left: on the line, or on the documents. */
export class SmallSum extends Component {
    static template = "o2c_reconciliation.SmallSum";
    static props = {
        amount: Number,
        currencyId: [Number, Boolean],
        parts: Array,
    };

    get left() {
        const left = this.props.parts.reduce((rest, part) => rest - part.amount, this.props.amount);
        return Math.abs(left) < 0.000001 ? 0 : left;
    }

    /** Whether the documents ask for more than the line has. */
    get onDocuments() {
        return this.left * this.props.amount < 0;
    }

    money(amount) {
        return formatCurrency(amount, this.props.currencyId);
    }
}
