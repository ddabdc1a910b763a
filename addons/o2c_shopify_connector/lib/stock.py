"""Which stock levels to send."""

# Shopify takes so many quantities in one call.
CALL = 250


def changes(nodes: list[dict], wanted: dict[str, int]) -> tuple[list[tuple], list[str]]:
    """What has to change to bring Shopify's levels to ours.

    :param nodes: answer of ``documents.INVENTORY``.
    :param wanted: inventory item gid -> pieces for sale.
    :return: ``[(gid, new, current)]``, and the gids that are not stocked at the location yet.
        Items that are gone in Shopify, or not counted there, appear in neither.
    """
    todo, unstocked = [], []
    for node in nodes:
        if not node or not node.get("tracked"):
            continue
        gid = node["id"]
        level = node.get("inventoryLevel")
        if not level:
            if wanted[gid]:
                unstocked.append(gid)
            continue
        current = next((item["quantity"] for item in level["quantities"] if item["name"] == "available"), 0)
        if current != wanted[gid]:
            todo.append((gid, wanted[gid], current))
    return todo, unstocked
