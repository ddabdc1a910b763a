from tools import apt

DEB822 = """\
# a comment
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: sid
"""
ONE_LINE = """\
# deb http://commented.example/debian sid main
deb http://old.example/debian bullseye main contrib
deb [arch=amd64 signed-by=/etc/apt/keyrings/own.gpg] https://other.example/ubuntu noble main
deb-src http://old.example/debian bullseye main
"""


def test_deb822_and_one_line_sources_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "gone.list.save").write_text("deb http://saved.example/debian sid main\n")
    assert apt.machine_sources(tmp_path) == [
        apt.Source("http://old.example/debian", ("bullseye",), ""),
        apt.Source("https://other.example/ubuntu", ("noble",), "/etc/apt/keyrings/own.gpg"),
        apt.Source(
            "http://mirror.example/debian",
            ("bookworm", "bookworm-updates"),
            "/usr/share/keyrings/debian-archive-keyring.gpg",
        ),
    ]


def test_a_machine_without_configuration_has_no_sources(tmp_path):
    assert apt.machine_sources(tmp_path) == []


def test_security_and_third_party_sources_are_not_searched_for_odoo():
    def mirror(uri):
        return apt.is_distribution_mirror(apt.Source(uri, ("x",), ""))

    assert mirror("http://mirror.example/debian")
    assert mirror("http://archive.example/ubuntu/")
    assert not mirror("http://mirror2.example/debian-security".replace("mirror2", "host"))
    assert not mirror("https://packages.example/node")
