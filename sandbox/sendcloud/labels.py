"""Labels and customs papers as real documents: PDF, ZPL or PNG."""

import struct
import zlib

from sandbox.pdf import page, pdf

MIME = {"application/pdf": "pdf", "application/zpl": "zpl", "image/png": "png"}
PAPER = ("A4", "A5", "A6")


def lines_of(parcel, shipment, kind):
    """What stands on the paper."""
    to = shipment.to_address
    street = " ".join(filter(None, [to["address_line_1"], to.get("house_number")]))
    head = {
        "label": shipment.option.name,
        "customs-declaration": "CUSTOMS DECLARATION CN23",
        "air-waybill": "AIR WAYBILL",
    }[kind]
    lines = [
        head,
        f"{parcel.number} / {len(shipment.parcels)}   {parcel.weight} kg",
        "",
        to["name"],
        to.get("company_name") or "",
        street,
        f"{to['postal_code']} {to['city']}",
        to["country_code"],
        "",
        parcel.tracking_number,
        shipment.order_number or "",
    ]
    if kind == "customs-declaration":
        for item in parcel.body.get("parcel_items", []):
            lines.append(
                f"{item.get('quantity', 1)} x {item['description']} HS {item['hs_code']} "
                f"{item.get('origin_country', '')} {item['price']['value']} {item['price']['currency']}"
            )
    return lines


def document(parcels, kind, mime, paper):
    """One file for ``parcels`` [(parcel, shipment)] in their order: a page (or label) each."""
    form = MIME[mime]
    if form == "pdf":
        return pdf(
            [
                page(lines_of(parcel, shipment, kind), paper, parcel.tracking_number * 4)
                for parcel, shipment in parcels
            ],
            paper,
        )
    if form == "zpl":
        return b"".join(
            _zpl(lines_of(parcel, shipment, kind), parcel.tracking_number) for parcel, shipment in parcels
        )
    return _png(parcels[0][0].tracking_number)


def _zpl(lines, number):
    fields = [
        f"^FO30,{30 + 34 * place}^A0N,28,28^FH^FD{_hex(line)}^FS" for place, line in enumerate(lines) if line
    ]
    return (
        "^XA^CI28^PW812^LL1218\n" + "\n".join(fields) + f"\n^FO30,900^BY3^BCN,160,Y,N,N^FD{number}^FS\n^XZ\n"
    ).encode()


def _hex(text):
    """ZPL's own signs inside a field are written as _ and two hexadecimal digits (with ^FH)."""
    return "".join(f"_{ord(sign):02X}" if sign in "^~_" else sign for sign in text)


def _png(number):
    """A black and white picture of bars for ``number``, 298 x 420 points."""
    width, height = 298, 420
    bits = "".join(f"{ord(sign):08b}" for sign in number * 4)[:width].ljust(width, "0")
    bars = bytes(255 if bit == "0" else 0 for bit in bits)
    blank = b"\xff" * width
    rows = b"".join(b"\x00" + (bars if 120 < row < 300 else blank) for row in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
