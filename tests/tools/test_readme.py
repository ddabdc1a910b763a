"""The small part of Markdown in readme/ fragments becomes reStructuredText and a page."""

import subprocess

from tools.paths import PYTHON, ROOT

SAMPLE = """\
Reads *settlements* with `payments.read`:
- **one** line
- another
  - deeper

| Stage | Meaning |
|---|---|
| Done | `paid` |

## Later

    [options]
    workers = 4
"""


def in_environment(code, text):
    """docutils is in the virtual environment only."""
    done = subprocess.run([PYTHON, "-c", code], input=text, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_fragment_becomes_a_page():
    code = (
        "import sys\nfrom tools import readme\n"
        "from docutils.core import publish_parts\n"
        "rst = readme.to_rst(sys.stdin.read())\n"
        "print(publish_parts(rst, writer='html5', settings_overrides=readme.SETTINGS)['html_body'])\n"
    )
    page = in_environment(code, SAMPLE)
    for part in (
        "<em>settlements</em>",
        "<strong>one</strong>",
        "payments.read</span>",
        "<th",
        "workers = 4</pre>",
    ):
        assert part in page, page
    assert page.count("<ul") == 2


def test_the_committed_pages_are_fresh():
    done = subprocess.run([PYTHON, "-m", "tools.readme", "--check"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
