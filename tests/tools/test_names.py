import pytest

from tools import databases, postgres
from tools.console import Failure


@pytest.mark.parametrize("name", ["demo; DROP", "Demo", "", "postgres", "o2c_template_x", '"x"', "1st"])
def test_dangerous_or_reserved_database_names_are_refused(name):
    with pytest.raises(Failure):
        databases.check_name(name)


def test_a_plain_database_name_is_taken():
    assert databases.check_name("my_copy_2") == "my_copy_2"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("postgresql://me:s%40cret@db.example:6543/", postgres.Server("db.example", "6543", "me", "s@cret")),
        ("postgres://me@/?host=/var/run/pg", postgres.Server("/var/run/pg", "5432", "me", "")),
        ("postgresql://localhost/", postgres.Server("localhost", "5432", "", "")),
    ],
)
def test_a_server_url_is_read_and_written_back(url, server):
    assert postgres.parse_url(url) == server
    assert postgres.parse_url(server.url()) == server


def test_another_kind_of_url_is_refused_with_the_form_that_is_wanted():
    with pytest.raises(Failure, match="postgresql://user:password@host"):
        postgres.parse_url("mysql://localhost/")
