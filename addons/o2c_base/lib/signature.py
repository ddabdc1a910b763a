"""Signatures of webhooks."""

import base64
import binascii
import hashlib
import hmac


def verify_hmac(secrets, body, signature, *, encoding="base64"):
    """Tell whether ``signature`` is the HMAC-SHA256 of ``body`` under one of ``secrets``.

    Several secrets are accepted so that an old one keeps working while it is being replaced.
    The comparison takes the same time wherever the difference is, and all secrets are tried.

    :param secrets: the secrets as text; empty ones never verify anything.
    :param body: the raw bytes as received, before any decoding.
    :param signature: the text sent along; anything malformed is simply not valid.
    :param encoding: ``"base64"`` (Shopify's X-Shopify-Hmac-Sha256) or ``"hex"``
        (Sendcloud-Signature).
    :raises ValueError: for another ``encoding``.
    """
    decode = _DECODERS.get(encoding)
    if decode is None:
        raise ValueError(f"Unknown signature encoding {encoding!r}")
    try:
        given = decode((signature or "").strip())
    except (binascii.Error, ValueError):
        return False
    valid = False
    for secret in secrets:
        if not secret:
            continue
        expected = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        valid |= hmac.compare_digest(expected, given)
    return valid


def _from_base64(text):
    return base64.b64decode(text.encode("ascii"), validate=True)


def _from_hex(text):
    return bytes.fromhex(text)


_DECODERS = {"base64": _from_base64, "hex": _from_hex}
