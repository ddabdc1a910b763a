"""`./o2c readme`: each addon's README.rst and static/description/index.html from its readme/ fragments.

Runs in the virtual environment, which has docutils. The fragments use a small part of Markdown: paragraphs,
lists, tables, headings of the second level, code (inline, or indented by four), bold and italics.
"""

import ast
import re
import sys
from pathlib import Path

from docutils.core import publish_parts

from .paths import ADDONS, our_addons

SECTIONS = (
    ("DESCRIPTION", ""),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("ROADMAP", "Not there yet"),
    ("CONTRIBUTORS", "Contributors"),
)
ITEM = re.compile(r"( *)(?:-|\d+\.) ")
# docutils' own tags; Odoo's page brings the style sheet.
SETTINGS = {
    "report_level": 2,
    "halt_level": 2,
    "initial_header_level": 2,
    "doctitle_xform": True,
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "raw_enabled": False,
    "file_insertion_enabled": False,
}


def heading(text: str, mark: str) -> str:
    return f"{text}\n{mark * len(text)}\n"


def inline(text: str) -> str:
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)


def table(rows: list[str]) -> list[str]:
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for number, row in enumerate(cells):
        if number != 1:
            for place, cell in enumerate(row):
                lines.append(f"   {'*' if not place else ' '} - {inline(cell)}")
    return lines


def to_rst(markdown: str) -> str:
    """A fragment in reStructuredText."""
    out: list[str] = []
    for block in re.split(r"\n{2,}", markdown.strip("\n")):
        lines = block.splitlines()
        if lines[0].startswith("## "):
            out += [heading(lines[0][3:], "~")]
            lines = lines[1:]
        if not lines:
            continue
        if lines[0].startswith("|"):
            out += [*table(lines), ""]
        elif lines[0].startswith("    ") and not ITEM.match(lines[0]):
            out += ["::", "", *lines, ""]
        else:
            out += [*_flow(lines), ""]
    return "\n".join(out)


def _flow(lines: list[str]) -> list[str]:
    """Paragraphs and lists; reStructuredText wants an empty line where a list begins or becomes deeper."""
    out: list[str] = []
    depth = None
    for line in lines:
        item = ITEM.match(line)
        if item and len(item[1]) != depth:
            if out:
                out.append("")
            depth = len(item[1])
        out.append(line)
    return inline("\n".join(out)).split("\n")


def readme(addon: Path) -> str:
    """The text of the addon's README.rst."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    title = manifest["name"]
    parts = [f"{'=' * len(title)}\n{title}\n{'=' * len(title)}\n"]
    for name, section in SECTIONS:
        fragment = addon / "readme" / f"{name}.md"
        if fragment.exists():
            if section:
                parts.append(heading(section, "="))
            parts.append(to_rst(fragment.read_text()))
    parts.append(f"Version {manifest['version']}, licence {manifest['license']}.\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts))


def page(addon: Path, text: str) -> str:
    """The addon's page in Odoo's list of apps: the same text, below its picture."""
    body = publish_parts(text, writer="html5", settings_overrides=SETTINGS)["html_body"]
    picture = ""
    if (addon / "static" / "description" / "screenshot.png").exists():
        picture = '<p><img src="screenshot.png" alt="Screenshot" style="max-width: 100%"/></p>\n'
    return f'<section class="oe_container">\n{picture}{body}</section>\n'


def rendered() -> dict[Path, str]:
    """Every rendered file, with what it should be."""
    files = {}
    for name in our_addons():
        addon = ADDONS / name
        text = readme(addon)
        files[addon / "README.rst"] = text
        files[addon / "static" / "description" / "index.html"] = page(addon, text)
    return files


def stale() -> dict[Path, str]:
    """The files that are not what they should be, with what they should be."""
    return {
        path: text
        for path, text in rendered().items()
        if not path.exists() or path.read_text("utf-8") != text
    }


def main(check: bool) -> int:
    """Write what is stale, or with ``check`` only tell about it."""
    files = stale()
    for path, text in files.items():
        if not check:
            path.write_text(text, "utf-8")
        place = path.relative_to(ADDONS.parent)
        print(f"{place} is not what its readme/ fragments say: run ./o2c readme" if check else place)
    return 1 if check and files else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
