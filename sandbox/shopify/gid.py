"""Global identifiers: gid://shopify/Order/5001."""


def make(kind, number):
    """Return the global id of an object."""
    return f"gid://shopify/{kind}/{number}"


def kind_of(gid):
    """Return the type name in a global id; ValueError if it is none."""
    parts = gid.split("/")
    if len(parts) < 5 or parts[0] != "gid:" or parts[2] != "shopify":
        raise ValueError(f"Invalid global id '{gid}'")
    return parts[3]


def number_of(gid):
    """Return the number at the end of a global id."""
    return int(gid.rsplit("/", 1)[1].split("?")[0])
