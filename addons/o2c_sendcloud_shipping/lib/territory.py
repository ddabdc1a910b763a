"""Which borders a parcel crosses, as far as customs papers are concerned."""

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
# ISO territories that are treated as their own customs destination although a member state's name
# stands on the envelope, by the start of the postal code: Canary Islands, Ceuta, Melilla (Spain),
# Helgoland, Buesingen (Germany), Livigno (Italy), the French overseas departments.
_OUTSIDE_BY_POSTCODE = {
    "ES": ("35", "38", "51", "52"),
    "DE": ("27498", "78266"),
    "IT": ("23041",),
    "FR": ("971", "972", "973", "974", "976"),
}
# Destinations for which Sendcloud asks for a state or province (ISO 3166-2).
STATE_REQUIRED = frozenset({"US", "CA", "AU", "IT"})
# In these countries an address without a house number cannot be delivered.
HOUSE_NUMBER_REQUIRED = frozenset("AT BE CH CZ DE DK EE ES FI HU IT LT LU LV NL NO PL PT SE SI SK".split())


def _in_customs_union(country: str, postal_code: str) -> bool:
    if country == "MC":
        return True
    digits = (postal_code or "").replace(" ", "")
    return country in EU and not digits.startswith(_OUTSIDE_BY_POSTCODE.get(country, ("-",)))


def needs_customs(
    from_country: str, to_country: str, from_postal_code: str = "", to_postal_code: str = ""
) -> bool:
    """Whether the parcel needs customs papers: it leaves a country, or the EU if it starts there."""
    sender_inside = _in_customs_union(from_country, from_postal_code)
    receiver_inside = _in_customs_union(to_country, to_postal_code)
    if sender_inside or receiver_inside:
        return sender_inside != receiver_inside
    return from_country != to_country
