"""Tags."""

from sandbox.shopify import totals
from sandbox.shopify.errors import user_error


def _change(change):
    def resolve(_root, info, id, tags):  # noqa: A002
        state = info.context.state
        found = state.find(id)
        if found is None or "tags" not in found:
            return {"node": None, "userErrors": [user_error(["id"], "The record was not found.")]}
        before = list(found["tags"])
        found["tags"] = sorted(change(set(before), set(tags)), key=str.lower)
        if found["tags"] != sorted(before, key=str.lower):
            found["updatedAt"] = state.now()
            if found["__typename"] == "Order":
                totals.refresh(found, state.now())
                state.notifier.order("ORDERS_UPDATED", found)
        return {"node": found, "userErrors": []}

    return resolve


MUTATIONS = {
    "tagsAdd": _change(lambda old, new: old | new),
    "tagsRemove": _change(lambda old, new: old - new),
}
