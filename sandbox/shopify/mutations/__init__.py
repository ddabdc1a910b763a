"""Root fields of mutations."""

from sandbox.shopify.mutations import bulk, fulfillment, inventory, money_back, products, subscriptions, tags

MUTATIONS = {
    **bulk.MUTATIONS,
    **fulfillment.MUTATIONS,
    **inventory.MUTATIONS,
    **money_back.MUTATIONS,
    **products.MUTATIONS,
    **subscriptions.MUTATIONS,
    **tags.MUTATIONS,
}
