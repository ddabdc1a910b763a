"""Which addresses may be called at all."""

import ipaddress
from urllib.parse import urlsplit

from .text import texts_of

_lt = texts_of(__name__)


def check_endpoint(url):
    """Return ``url`` without a trailing slash if it may be called, else raise ValueError.

    https is accepted anywhere; http only for a loopback host, which is where a stand-in for a
    platform runs. User names, query strings and fragments have no place in an endpoint.
    """
    parts = urlsplit((url or "").strip())
    host = parts.hostname
    if parts.port == 0:
        raise ValueError(_lt("“%(url)s” has no usable port", url=url))
    if not host or parts.scheme not in ("https", "http"):
        raise ValueError(
            _lt("“%(url)s” is not a web address; it should look like https://host/path", url=url)
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(_lt("an address may not contain a user name, a query or a fragment"))
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(_lt("%(host)s may only be called over https", host=host))
    return parts.geturl().rstrip("/")


def is_loopback(host):
    """Tell whether ``host`` (a name or an IP address) is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
