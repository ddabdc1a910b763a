import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { onMounted, onWillUnmount } from "@odoo/owl";

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
        const arrived = async ({ picking_id }) => {
            const root = this.model.root;
            if (root.resId === picking_id && !(await root.isDirty())) {
                await root.load();
            }
        };
        onMounted(() => bus.subscribe("o2c_sendcloud/changed", arrived));
        onWillUnmount(() => bus.unsubscribe("o2c_sendcloud/changed", arrived));
    },
});
