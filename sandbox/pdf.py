"""Small real PDF documents, written by hand: pages of text lines and vertical bars."""

# Points, 1/72 inch.
SIZES = {"A4": (595, 842), "A5": (420, 595), "A6": (298, 420)}


def text_pdf(lines, size="A6"):
    """A PDF of one page with ``lines`` of text."""
    return pdf([page(lines, size)], size)


def page(lines, size="A6", bars=""):
    """The content of a page: text from the top, and a row of bars (any text decides their widths) at the
    foot.
    """
    width, height = SIZES[size]
    text = ["BT", "/F1 11 Tf", "14 TL", f"18 {height - 30} Td"]
    text += [f"({_escape(line)}) Tj T*" for line in lines]
    text.append("ET")
    left = 18
    for character in bars:
        thickness = 1 + ord(character) % 3
        if left + thickness > width - 18:
            break
        text.append(f"{left} 30 {thickness} 60 re f")
        left += thickness + 2
    return "\n".join(text).encode("latin-1", "replace")


def pdf(pages, size="A6"):
    """A PDF document of the contents ``pages``, all of one ``size``."""
    width, height = SIZES[size]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    document = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    document += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(document)


def _escape(text):
    return str(text).replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
