"""Root fields of mutations."""

from sandbox.shopify.mutations import fulfillment, inventory, money_back, subscriptions, tags

MUTATIONS = {
    **fulfillment.MUTATIONS,
    **inventory.MUTATIONS,
    **money_back.MUTATIONS,
    **subscriptions.MUTATIONS,
    **tags.MUTATIONS,
}
