"""The sandbox over HTTP, one server for each test module."""

import pytest

from sandbox.tests.merchant import Merchant, serving


@pytest.fixture(scope="module")
def root():
    with serving() as url:
        yield url


@pytest.fixture
def merchant(root):
    return Merchant(root)
