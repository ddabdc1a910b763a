import base64
import hashlib
import hmac

import pytest

from o2c_lib.o2c_base.lib.signature import verify_hmac

BODY = b'{"id": 820982911946154508, "note": "caf\xc3\xa9"}'


def sign(secret, body=BODY):
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def test_known_answer():
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert verify_hmac(["Jefe"], b"what do ya want for nothing?", expected, encoding="hex")


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("base64", lambda raw: base64.b64encode(raw).decode()), ("hex", lambda raw: raw.hex())],
)
def test_both_encodings(encoding, encode):
    signature = encode(sign("s3cret"))
    assert verify_hmac(["s3cret"], BODY, signature, encoding=encoding)
    assert not verify_hmac(["other"], BODY, signature, encoding=encoding)
    assert not verify_hmac(["s3cret"], BODY + b" ", signature, encoding=encoding)


def test_default_is_base64():
    assert verify_hmac(["s"], BODY, base64.b64encode(sign("s")).decode())


def test_old_and_new_secret_during_a_rotation():
    for secret in ("old", "new"):
        assert verify_hmac(["new", "old"], BODY, sign(secret).hex(), encoding="hex")
    assert not verify_hmac(["new"], BODY, sign("old").hex(), encoding="hex")


def test_hex_in_capitals():
    assert verify_hmac(["s"], BODY, sign("s").hex().upper(), encoding="hex")


def test_empty_secret_verifies_nothing():
    assert not verify_hmac(["", None], BODY, sign("").hex(), encoding="hex")
    assert not verify_hmac([], BODY, sign("s").hex(), encoding="hex")


@pytest.mark.parametrize("signature", [None, "", "not base64!", "é", "AAAA", "====", "ab" * 32])
def test_malformed_signature(signature):
    assert not verify_hmac(["s"], BODY, signature)


@pytest.mark.parametrize("signature", [None, "", "xyz", "abc", "é", "00" * 32])
def test_malformed_hex(signature):
    assert not verify_hmac(["s"], BODY, signature, encoding="hex")


def test_truncated_signature():
    assert not verify_hmac(["s"], BODY, sign("s").hex()[:32], encoding="hex")


def test_unknown_encoding():
    with pytest.raises(ValueError):
        verify_hmac(["s"], BODY, "", encoding="md5")
