"""Who may call: tokens, their scopes, and the secret that signs."""

import secrets

STATIC_TOKEN = "shpat_sandbox_garden"
CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "shpss_sandbox_secret"
TOKEN_SECONDS = 86399

SCOPES = (
    "read_all_orders",
    "read_assigned_fulfillment_orders",
    "read_customers",
    "read_fulfillments",
    "read_inventory",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "read_orders",
    "read_payment_terms",
    "read_products",
    "read_returns",
    "read_shipping",
    "read_third_party_fulfillment_orders",
    "write_assigned_fulfillment_orders",
    "write_customers",
    "write_fulfillments",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_orders",
    "write_products",
    "write_third_party_fulfillment_orders",
)


class Access:
    """Tokens and scopes of the app that is installed in the shop."""

    def __init__(self, world):
        self._world = world
        self._tokens = {}
        self.scopes = set(SCOPES)
        self.static_token_valid = True
        self.client_secret = CLIENT_SECRET
        self.personal_data = True

    def issue(self):
        """Return a new client-credentials token, valid for 24 hours of the world's time."""
        token = f"shpat_{self._world.ids.token('shopify-token', 32, '0123456789abcdef')}"
        self._tokens[token] = self._world.clock.now().timestamp() + TOKEN_SECONDS
        return token

    def accepts(self, token):
        """Say whether a token is known and not expired."""
        if not token:
            return False
        if self.static_token_valid and secrets.compare_digest(token.encode(), STATIC_TOKEN.encode()):
            return True
        expiry = self._tokens.get(token)
        return expiry is not None and self._world.clock.now().timestamp() < expiry

    def revoke(self):
        """Uninstall the app: no token works any longer."""
        self._tokens.clear()
        self.static_token_valid = False

    def allows(self, *alternatives):
        """Say whether one of the scopes was granted; a write scope brings its read scope."""
        for scope in alternatives:
            if scope in self.scopes:
                return True
            if scope.startswith("read_") and "write_" + scope[5:] in self.scopes:
                return True
        return False
