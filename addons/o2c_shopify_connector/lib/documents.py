"""Every GraphQL document the connector sends, as constants.

Each one is validated against Shopify's published schema by ``tests/contracts``. Connections ask
small first pages: Shopify admits a query on what it *could* cost, and one order out of a hundred
has more than twenty-five lines. What did not fit is read by the ``*_PAGE`` documents.
Prices are asked in both currencies of the order (``MoneyBag``): the policy of the shop chooses.
"""

MONEY = """
fragment Money on MoneyBag {
  shopMoney { amount currencyCode }
  presentmentMoney { amount currencyCode }
}
"""

ADDRESS = """
fragment Address on MailingAddress {
  firstName lastName company address1 address2 zip city provinceCode countryCodeV2 phone
}
"""

TAX_LINE = """
fragment Tax on TaxLine { title rate ratePercentage channelLiable priceSet { ...Money } }
"""

DISCOUNT = """
fragment Discount on DiscountAllocation {
  allocatedAmountSet { ...Money }
  discountApplication {
    targetType
    ... on DiscountCodeApplication { code }
    ... on AutomaticDiscountApplication { title }
    ... on ManualDiscountApplication { title }
    ... on ScriptDiscountApplication { title }
  }
}
"""

LINE_ITEM = """
fragment Line on LineItem {
  id title variantTitle sku quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard taxable
  variant { id }
  product { id }
  originalUnitPriceSet { ...Money }
  originalTotalSet { ...Money }
  discountAllocations { ...Discount }
  taxLines { ...Tax }
  duties { id price { ...Money } taxLines { ...Tax } }
  customAttributes { key value }
}
"""

SHIPPING_LINE = """
fragment Shipping on ShippingLine {
  id title code isRemoved
  originalPriceSet { ...Money }
  discountedPriceSet { ...Money }
  taxLines { ...Tax }
}
"""

# What is handed over in a shop is taxed there.
PART = """
fragment Part on FulfillmentOrder {
  status
  assignedLocation { countryCode location { id } }
  deliveryMethod { methodType }
}
"""

TRANSACTION = """
fragment Transaction on OrderTransaction {
  id kind status test gateway formattedGateway paymentId processedAt createdAt errorCode
  amountSet { ...Money }
  amountRoundingSet { ...Money }
  parentTransaction { id paymentId }
}
"""

ORDER_HEAD = """
fragment Head on Order {
  id name createdAt processedAt updatedAt cancelledAt cancelReason closed test edited
  taxesIncluded dutiesIncluded taxExempt currencyCode presentmentCurrencyCode
  displayFinancialStatus displayFulfillmentStatus returnStatus sourceName
  email phone note poNumber customerLocale tags discountCodes paymentGatewayNames
  customAttributes { key value }
  risk { recommendation }
  paymentTerms { paymentTermsName paymentTermsType dueInDays }
  retailLocation { id address { countryCode } }
  customer {
    id firstName lastName locale taxExempt
    defaultEmailAddress { emailAddress }
    defaultPhoneNumber { phoneNumber }
  }
  purchasingEntity {
    ... on PurchasingCompany {
      company { id name externalId }
      contact { id customer { id firstName lastName } }
      location { id name externalId taxSettings { taxRegistrationId taxExempt } }
    }
  }
  billingAddress { ...Address }
  shippingAddress { ...Address }
  totalPriceSet { ...Money }
  currentTotalPriceSet { ...Money }
  totalTaxSet { ...Money }
  currentTotalTaxSet { ...Money }
  totalTipReceivedSet { ...Money }
  totalRefundedSet { ...Money }
  originalTotalDutiesSet { ...Money }
  totalCashRoundingAdjustment { paymentSet { ...Money } }
  additionalFees { id name price { ...Money } taxLines { ...Tax } }
  transactionsCount { count }
}
"""

ORDERS = (
    """
query o2cOrders($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      ...Head
      paymentTerms { paymentSchedules(first: 1) { nodes { dueAt } } }
      lineItems(first: 25) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
      shippingLines(first: 5) { nodes { ...Shipping } pageInfo { hasNextPage endCursor } }
      transactions(first: 10) { ...Transaction }
      refunds(first: 10) { id }
      fulfillmentOrders(first: 5) { nodes { ...Part } }
    }
  }
}
"""
    + ORDER_HEAD
    + LINE_ITEM
    + SHIPPING_LINE
    + PART
    + TRANSACTION
    + DISCOUNT
    + TAX_LINE
    + ADDRESS
    + MONEY
)

# For orders read in bulk: there, only what hangs on an order itself can be told apart.
DUE_DATES = """
query o2cDueDates($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order { id paymentTerms { paymentSchedules(first: 1) { nodes { dueAt } } } }
  }
}
"""

ORDER_LINES_PAGE = (
    """
query o2cOrderLines($id: ID!, $after: String) {
  order(id: $id) {
    id
    lineItems(first: 100, after: $after) {
      nodes { ...Line } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + LINE_ITEM
    + DISCOUNT
    + TAX_LINE
    + MONEY
)

ORDER_SHIPPING_PAGE = (
    """
query o2cOrderShipping($id: ID!, $after: String) {
  order(id: $id) {
    id
    shippingLines(first: 50, after: $after) {
      nodes { ...Shipping } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + SHIPPING_LINE
    + TAX_LINE
    + MONEY
)

# Without ``first`` these two lists come whole; they cannot be paged.
ORDER_TRANSACTIONS = (
    """
query o2cOrderTransactions($id: ID!) {
  order(id: $id) { id transactions { ...Transaction } refunds { id } }
}
"""
    + TRANSACTION
    + MONEY
)

REFUNDS = (
    """
query o2cRefunds($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Refund {
      id createdAt processedAt note
      totalRefundedSet { ...Money }
      duties { originalDuty { id } amountSet { ...Money } }
      refundLineItems(first: 50) {
        nodes { ...RefundLine } pageInfo { hasNextPage endCursor }
      }
      refundShippingLines(first: 25) {
        nodes {
          id shippingLine { id } subtotalAmountSet { ...Money } taxAmountSet { ...Money }
        }
      }
      orderAdjustments(first: 50) {
        nodes { id reason amountSet { ...Money } taxAmountSet { ...Money } }
      }
      transactions(first: 50) { nodes { id } }
    }
  }
}
fragment RefundLine on RefundLineItem {
  id quantity restockType restocked
  lineItem { id }
  location { id }
  subtotalSet { ...Money }
  totalTaxSet { ...Money }
}
"""
    + MONEY
)

REFUND_LINES_PAGE = (
    """
query o2cRefundLines($id: ID!, $after: String) {
  refund(id: $id) {
    id
    refundLineItems(first: 100, after: $after) {
      nodes {
        id quantity restockType restocked
        lineItem { id }
        location { id }
        subtotalSet { ...Money }
        totalTaxSet { ...Money }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + MONEY
)

# One flat page: 250 orders cost 13 points, so a sweep asks for ids and dates only.
ORDERS_CHANGED = """
query o2cOrdersChanged($query: String!, $after: String) {
  orders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}
"""

SHOP = """
query o2cShop {
  shop {
    id name myshopifyDomain currencyCode taxesIncluded ianaTimezone
    plan { publicDisplayName partnerDevelopment shopifyPlus }
    shopAddress { countryCodeV2 }
    countriesInShippingZones { countryCodes includeRestOfWorld }
  }
  currentAppInstallation { id accessScopes { handle } }
}
"""

LOCATIONS = """
query o2cLocations($after: String) {
  locations(first: 100, after: $after) {
    nodes { id name isActive fulfillsOnlineOrders }
    pageInfo { hasNextPage endCursor }
  }
}
"""

# Newest first; names only.
GATEWAYS = """
query o2cGateways {
  orders(first: 250, sortKey: CREATED_AT, reverse: true) {
    nodes { id paymentGatewayNames }
  }
}
"""

VARIANT = """
fragment Variant on ProductVariant {
  id title sku barcode price taxable updatedAt requiresComponents
  selectedOptions { name value }
  media(first: 1) { nodes { id preview { image { url } } } }
  product {
    id title status productType isGiftCard hasOnlyDefaultVariant
    featuredMedia { id preview { image { url } } }
    options { name position optionValues { name } }
  }
  inventoryItem {
    id tracked requiresShipping harmonizedSystemCode countryCodeOfOrigin
    measurement { weight { unit value } }
  }
}
"""

VARIANTS = (
    """
query o2cVariants($after: String, $query: String) {
  productVariants(first: 100, after: $after, query: $query, sortKey: ID) {
    nodes { ...Variant }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + VARIANT
)

VARIANTS_BY_ID = (
    """
query o2cVariantsById($ids: [ID!]!) { nodes(ids: $ids) { ...Variant } }
"""
    + VARIANT
)

INVENTORY = """
query o2cInventory($ids: [ID!]!, $location: ID!) {
  location(id: $location) { id isActive }
  nodes(ids: $ids) {
    ... on InventoryItem {
      id tracked
      inventoryLevel(locationId: $location) {
        id quantities(names: ["available", "committed"]) { name quantity }
      }
    }
  }
}
"""

INVENTORY_SET = """
mutation o2cInventorySet($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""

INVENTORY_ACTIVATE = """
mutation o2cInventoryActivate($item: ID!, $location: ID!, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $location) @idempotent(key: $key) {
    inventoryLevel { id }
    userErrors { field message }
  }
}
"""

FULFILLMENT = """
fragment Sent on Fulfillment {
  id status createdAt
  trackingInfo { company number url }
  fulfillmentLineItems(first: 25) {
    nodes { quantity lineItem { id } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

FULFILLMENT_ORDERS = (
    """
query o2cFulfillmentOrders($id: ID!, $after: String) {
  order(id: $id) {
    id cancelledAt
    fulfillments(first: 50) { ...Sent }
    fulfillmentOrders(first: 20, after: $after) {
      nodes {
        id status requestStatus fulfillAt
        assignedLocation { location { id } }
        fulfillmentHolds { id reason displayReason }
        lineItems(first: 50) {
          nodes { id remainingQuantity totalQuantity requiresShipping lineItem { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + FULFILLMENT
)

# Without ``first`` this list comes whole; it cannot be paged.
FULFILLMENTS = (
    """
query o2cFulfillments($id: ID!) {
  order(id: $id) { id fulfillments { ...Sent } }
}
"""
    + FULFILLMENT
)

ORDERS_OF_FULFILLMENT_ORDERS = """
query o2cOrdersOfFulfillmentOrders($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on FulfillmentOrder { id orderId }
  }
}
"""

FULFILLMENT_ORDER_LINES_PAGE = """
query o2cFulfillmentOrderLines($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    id
    lineItems(first: 100, after: $after) {
      nodes { id remainingQuantity totalQuantity requiresShipping lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

FULFILLMENT_PIECES_PAGE = """
query o2cFulfillmentPieces($id: ID!, $after: String) {
  fulfillment(id: $id) {
    id
    fulfillmentLineItems(first: 100, after: $after) {
      nodes { quantity lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

FULFILLMENT_CREATE = """
mutation o2cFulfillmentCreate($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status }
    userErrors { field message }
  }
}
"""

FULFILLMENT_TRACKING = """
mutation o2cFulfillmentTracking(
  $id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean
) {
  fulfillmentTrackingInfoUpdate(
    fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify
  ) {
    fulfillment { id status trackingInfo { number } }
    userErrors { field message }
  }
}
"""

FULFILLMENT_CANCEL = """
mutation o2cFulfillmentCancel($id: ID!) {
  fulfillmentCancel(id: $id) {
    fulfillment { id status }
    userErrors { field message }
  }
}
"""

WEBHOOKS = """
query o2cWebhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}
"""

WEBHOOK_CREATE = """
mutation o2cWebhookCreate(
  $topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!
) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}
"""

WEBHOOK_DELETE = """
mutation o2cWebhookDelete($id: ID!) {
  webhookSubscriptionDelete(id: $id) {
    deletedWebhookSubscriptionId
    userErrors { field message }
  }
}
"""

# Pieces are put together into documents above and cannot stand alone.
FRAGMENTS = frozenset(
    {
        "MONEY",
        "ADDRESS",
        "TAX_LINE",
        "DISCOUNT",
        "LINE_ITEM",
        "SHIPPING_LINE",
        "PART",
        "TRANSACTION",
        "VARIANT",
        "ORDER_HEAD",
        "FULFILLMENT",
    }
)


def documents() -> dict[str, str]:
    """Name -> text of every complete document in this module."""
    return {
        name: value
        for name, value in globals().items()
        if name.isupper() and isinstance(value, str) and name not in FRAGMENTS
    }
