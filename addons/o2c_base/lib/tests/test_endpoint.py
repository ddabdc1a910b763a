import pytest

from o2c_lib.o2c_base.lib.endpoint import check_endpoint, is_loopback


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://api.mollie.com", "https://api.mollie.com"),
        ("https://api.mollie.com/", "https://api.mollie.com"),
        (" https://panel.sendcloud.sc/api/v3/ ", "https://panel.sendcloud.sc/api/v3"),
        ("http://localhost:8070/w1/mollie", "http://localhost:8070/w1/mollie"),
        ("http://127.0.0.1:8070/w1", "http://127.0.0.1:8070/w1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8070", "http://[::1]:8070"),
    ],
)
def test_accepted(url, result):
    assert check_endpoint(url) == result


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "api.mollie.com",
        "ftp://api.mollie.com",
        "file:///etc/passwd",
        "https://",
        "http://api.mollie.com",
        "http://10.0.0.1",
        "http://169.254.169.254/latest",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://2130706433",
        "https://user:password@api.mollie.com",
        "https://api.mollie.com/?to=x",
        "https://api.mollie.com/#x",
        "http://127.0.0.1:99999",
    ],
)
def test_refused(url):
    with pytest.raises(ValueError):
        check_endpoint(url)


def test_loopback():
    assert is_loopback("localhost")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("example.com")
