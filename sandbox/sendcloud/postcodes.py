"""How a postal code looks, per country: what a carrier refuses when it does not."""

import re

PATTERNS = {
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "BE": r"(B-)?[1-9]\d{3}",
    "LU": r"(L-)?\d{4}",
    "DE": r"\d{5}",
    "FR": r"\d{5}",
    "ES": r"\d{5}",
    "IT": r"\d{5}",
    "AT": r"\d{4}",
    "CH": r"\d{4}",
    "DK": r"\d{4}",
    "NO": r"\d{4}",
    "SE": r"\d{3} ?\d{2}",
    "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "US": r"\d{5}(-\d{4})?",
}


def believable(country, postal_code):
    pattern = PATTERNS.get(country)
    return pattern is None or re.fullmatch(pattern, postal_code.strip().upper()) is not None
