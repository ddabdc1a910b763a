import { registry } from "@web/core/registry";

const PAGE = ".o_setting_container .settings";

/** Loads the page's records again, as Odoo's "soft_reload" does, and stays where the user was in Settings. */
async function reload(env) {
    const place = document.querySelector(PAGE)?.scrollTop;
    const { action } = env.services;
    if (action.currentController) {
        await action.restore(action.currentController.jsId);
    }
    const page = document.querySelector(PAGE);
    if (page && place) {
        page.scrollTop = place;
    }
}

registry.category("actions").add("o2c_reload", reload);
