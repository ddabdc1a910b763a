import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";

/** A small bar per day. */
export class DailyGraph extends Component {
    static template = "o2c_base.DailyGraph";
    static props = { label: String, days: Array };

    get total() {
        return this.props.days.reduce((sum, day) => sum + day.count, 0);
    }

    get bars() {
        const most = Math.max(...this.props.days.map((day) => day.count), 1);
        const width = 100 / this.props.days.length;
        return this.props.days.map((day, index) => ({
            x: index * width + width * 0.15,
            width: width * 0.7,
            y: 30 - (29 * day.count) / most - 1,
            height: (29 * day.count) / most + 1,
            title: `${formatDate(deserializeDate(day.day))}: ${day.count}`,
        }));
    }
}
