"""Root fields of mutations."""

from sandbox.shopify.mutations import bulk, fulfillment, inventory, money_back, subscriptions, tags

MUTATIONS = {
    **bulk.MUTATIONS,
    **fulfillment.MUTATIONS,
    **inventory.MUTATIONS,
    **money_back.MUTATIONS,
    **subscriptions.MUTATIONS,
    **tags.MUTATIONS,
}
