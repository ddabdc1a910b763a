"""Global identifiers: gid://shopify/Order/5001."""


def make(kind, number):
    """Return the global id of an object."""
    return f"gid://shopify/{kind}/{number}"


def kind_of(gid):
    """Return the type name in a global id; ValueError if it is none."""
    parts = gid.split("/")
    known = len(parts) >= 5 and parts[0] == "gid:" and parts[2] == "shopify"
    if not known or not parts[4].split("?")[0].isdigit():
        raise ValueError(f"Invalid global id '{gid}'")
    return parts[3]


def number_of(gid):
    """Return the number at the end of a global id."""
    return int(gid.rsplit("/", 1)[1].split("?")[0])
