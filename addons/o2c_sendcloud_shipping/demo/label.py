"""A label that nobody can take for a real one."""

import io

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas


def draw_label(carrier, number, address):
    """A page of A6, as PDF.

    :param address: lines of text.
    """
    file = io.BytesIO()
    page = Canvas(file, pagesize=A6)
    width, height = A6
    page.setFont("Helvetica-Bold", 16)
    page.drawString(8 * mm, height - 16 * mm, carrier)
    page.setFont("Helvetica-Bold", 11)
    page.drawString(8 * mm, height - 26 * mm, "DEMONSTRATION - NOT A PARCEL LABEL")
    page.setFont("Helvetica", 12)
    for place, line in enumerate(filter(None, address)):
        page.drawString(8 * mm, height - (44 + 7 * place) * mm, line)
    bars = Code128(number, barHeight=22 * mm, barWidth=0.32 * mm)
    bars.drawOn(page, (width - bars.width) / 2, 34 * mm)
    page.drawCentredString(width / 2, 26 * mm, number)
    page.save()
    return file.getvalue()
