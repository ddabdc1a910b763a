import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The stations of an order, those it has passed with their day. */
export class RoadField extends Component {
    static template = "o2c_base.RoadField";
    static props = { ...standardFieldProps };

    get stations() {
        return this.props.record.data[this.props.name] || [];
    }

    day(station) {
        return station.date ? formatDate(deserializeDate(station.date)) : "";
    }
}

registry.category("fields").add("o2c_road", { component: RoadField, supportedTypes: ["json"] });
