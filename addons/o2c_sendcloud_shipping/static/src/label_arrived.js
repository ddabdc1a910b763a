import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { onMounted, onWillUnmount, status, useComponent } from "@odoo/owl";

// A reload that the validation itself asked for may be on its way when the label comes.
const RELOAD_MS = 500;

/**
 * A label comes a few seconds after a delivery was validated. Whoever has the delivery open sees
 * it arrive without reloading; what somebody is typing there is left alone.
 */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        if (this.props.resModel !== "stock.picking") {
            return;
        }
        const bus = useService("bus_service");
        const component = useComponent();
        const arrived = async ({ picking_id }) => {
            let root = null;
            // That reload's answer is older than the label, and replaces what was loaded here.
            while (root !== this.model.root && status(component) === "mounted") {
                root = this.model.root;
                if (root.resId !== picking_id || (await root.isDirty())) {
                    return;
                }
                await root.load();
                await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
            }
        };
        onMounted(() => bus.subscribe("o2c_sendcloud/changed", arrived));
        onWillUnmount(() => bus.unsubscribe("o2c_sendcloud/changed", arrived));
    },
});
