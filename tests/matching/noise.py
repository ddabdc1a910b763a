"""A world of invoices, payments and bank lines as messy as real ones, with the truth beside it.

Every line knows which items it pays. Where even a careful accountant could not tell (two invoices
of one amount and no word about either), the truth says so, and posting such a line counts as wrong
even when it is lucky.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from o2c_lib.o2c_reconciliation.lib.matching import BankLine, OpenItem, Rule
from o2c_lib.o2c_reconciliation.lib.names import name_key

START = date(2026, 9, 1)
PAID_FROM = START + timedelta(46)
STRATEGIES = (
    "platform_payment",
    "platform_refund",
    "platform_chargeback",
    "payout_deposit",
    "structured_reference",
    "document_reference",
    "partner_amount",
)
RULES = [Rule(number, name, name) for number, name in enumerate(STRATEGIES, 1)]
EUR, MOLLIE, BANK = "EUR", 1, 2
FIRST = "Anna Bram Chloé Daan Eva Femke Gijs Hélène Iris Jürgen Koen Lotte Maud Noor Pieter Sanne".split()
LAST = "de Vries|Jansen|Müller|Dubois|van den Berg|Peeters|Schmidt|Lefèvre|Bakker|Smit|Maes|Weber".split("|")
TRADES = "Bakkerij Tuincentrum Garage Hotel Café Bouwbedrijf Kwekerij Boekhandel Apotheek Drukkerij".split()
FORMS = ["B.V.", "BV", "GmbH", "SARL", "NV", "SA", "VOF", ""]
CHATTER = [
    "SEPA OVERBOEKING IBAN NL91ABNA0417164300 BIC ABNANL2A NAAM {name} OMSCHRIJVING {ref}",
    "/TRTP/SEPA OVERBOEKING/IBAN/BE68539007547034/NAME/{name}/REMI/{ref}/EREF/NOTPROVIDED",
    "{ref}",
    "{name} {ref} dank u wel",
    "Betreft: {ref} dd 12-10-2026",
    "Payment {ref} thank you",
    "Virement de {name} - {ref}",
    "RG {ref} KD-NR 20418 {name}",
    "{name} {ref} 20261012",
    "BE68 5390 0754 7034 {name} {ref}",
]
WORDLESS = [
    "betaling",
    "uw factuur",
    "",
    "overschrijving 20261012",
    "BE68 5390 0754 7034",
    "factuur 12-10-2026",
]
UNRELATED = [
    "SALARIS OKTOBER 2026",
    "HUUR KANTOOR 2026-10",
    "BELASTINGDIENST OB 2026 KW3 NL001234567B01",
    "TANKSTATION 00042 AMSTERDAM 12.10.2026",
    "Kosten zakelijk betalingsverkeer 3e kwartaal",
    "CREDIT CARD 1234 XXXX 5678",
]


# What shops really ask: the same few prices over and over.
PRICES = [Decimal(price) for price in "9.95 14.95 19.95 24.95 39.95 49.95 79.00 99.00 121.00 250.00".split()]
BANK_NAME = 32  # characters of a name that a bank passes on


def price(rng):
    """An amount of an invoice: often a popular one, which many others have too."""
    return rng.choice(PRICES) if rng.random() < 0.3 else cents(rng, 5, 900)


def cents(rng, low, high):
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def initial(rng):
    return rng.choice("ABCDEFGHIJKLMNOPRSTVW")


def belgian(rng):
    head = rng.randrange(10**9, 10**10)
    return f"{head:010d}{head % 97 or 97:02d}"


def creditor_reference(rng):
    body = f"{rng.randrange(10**9, 10**12)}"
    check = 98 - int("".join(str(int(c, 36)) for c in f"{body}RF00")) % 97
    return f"RF{check:02d}{body}"


@dataclass
class World:
    """``truth``: line -> the items it pays; a line that is missing there must not be posted."""

    lines: list[BankLine] = field(default_factory=list)
    items: list[OpenItem] = field(default_factory=list)
    truth: dict[int, frozenset[int]] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)


class Generator:
    """Makes a world from a seed; ``size`` is about the number of bank lines."""

    def __init__(self, seed: int, size: int):
        self.rng = random.Random(seed)
        self.size = size
        self.world = World()
        self.number = 0
        self.partners = [self._partner(number) for number in range(1, max(3, size // 6) + 1)]
        self.names = Counter(name_key(name) for _number, name in self.partners)
        self.open_of = defaultdict(list)

    def _partner(self, number):
        rng = self.rng
        # Half of them share their name with others sooner or later.
        own = f" {number}" if rng.random() < 0.5 else ""
        if rng.random() < 0.2:
            return number, f"{initial(rng)}. {rng.choice(LAST)}"
        if rng.random() < 0.5:
            name = f"{rng.choice(TRADES)} {rng.choice(LAST)}{own} {rng.choice(FORMS)}".strip()
        else:
            name = f"{rng.choice(FIRST)} {rng.choice(LAST)}{own}"
        return number, name

    # === Items === #

    def invoice(self, partner, amount=None, **values):
        self.number += 1
        number, name = partner
        document = f"INV/2026/{self.number:05d}"
        references = [document, values.pop("order", f"S{self.number + 700:05d}")]
        references += values.pop("references", ())
        item = OpenItem(
            id=self.number,
            date=START + timedelta(self.rng.randint(0, 45)),
            residual=amount or price(self.rng),
            currency=EUR,
            document=document,
            references=tuple(references),
            partner=number,
            partner_name=name,
            **values,
        )
        self.world.items.append(item)
        return item

    # === Lines === #

    def line(self, amount, text, case, pays=(), *, within=14, **values):
        number = len(self.world.lines) + 1
        self.world.lines.append(
            BankLine(
                id=number,
                date=PAID_FROM + timedelta(self.rng.randint(0, within)),
                amount=amount,
                currency=EUR,
                journal=values.pop("journal", BANK),
                text=text,
                **values,
            )
        )
        self.world.kinds[number] = case
        if pays:
            self.world.truth[number] = frozenset(item.id for item in pays)

    def text(self, reference, name):
        return self.rng.choice(CHATTER).format(ref=reference, name=self.variant(name))

    def variant(self, name):
        """How a bank writes a name: capitals, other order, without the legal form."""
        rng = self.rng
        words = [word for word in name.split() if word not in FORMS]
        if rng.random() < 0.3:
            rng.shuffle(words)
        if rng.random() < 0.3:
            words.append(rng.choice(FORMS))
        if rng.random() < 0.1:
            words[0] = f"{words[0][0]}."
        if rng.random() < 0.1:
            words += ["EO", rng.choice(FIRST)]
        written = " ".join(words).strip()[:BANK_NAME]
        return written.upper() if rng.random() < 0.5 else written

    def spelled(self, document):
        """One of the ways in which payers write a document number."""
        prefix, year, number = document.split("/")
        return self.rng.choice(
            [
                document,
                f"{prefix}{year}{number}",
                f"{prefix.lower()} {year} {int(number)}",
                f"{prefix}-{year}-{number}",
                f"{prefix}/{year}/{number[:2]} {number[2:]}",
                f"factuur {year}/{number}",
                f"Rechnung Nr. {year}{number}",
                f"{document}, uw order",
            ]
        )

    def who(self, partner):
        """What the bank knows of the payer: sometimes the partner, sometimes a name, sometimes nothing."""
        number, name = partner
        dice = self.rng.random()
        if dice < 0.4:
            return {"partner": number, "partner_name": self.variant(name)}
        if dice < 0.8:
            return {"partner_name": self.variant(name)}
        return {}

    # === Cases === #

    def case_reference(self, partner):
        item = self.invoice(partner)
        text = self.text(self.spelled(item.document), partner[1])
        self.line(item.residual, text, "reference", [item], **self.who(partner))

    def case_structured(self, partner):
        rng = self.rng
        if rng.random() < 0.5:
            raw = belgian(rng)
            written = rng.choice(
                [raw, f"+++{raw[:3]}/{raw[3:7]}/{raw[7:]}+++", f"{raw[:3]} {raw[3:7]} {raw[7:]}"]
            )
        else:
            raw = creditor_reference(rng)
            written = rng.choice([raw, " ".join(raw[i : i + 4] for i in range(0, len(raw), 4)), raw.lower()])
        item = self.invoice(partner, references=[raw])
        self.line(item.residual, self.text(written, partner[1]), "structured", [item], **self.who(partner))

    def case_several(self, partner):
        items = [self.invoice(partner) for _ in range(self.rng.randint(2, 4))]
        names = self.rng.choice([", ", " + ", " en "]).join(self.spelled(i.document) for i in items)
        total = sum(item.residual for item in items)
        self.line(total, self.text(names, partner[1]), "several", items, **self.who(partner))

    def case_instalments(self, partner):
        item = self.invoice(partner, cents(self.rng, 100, 900))
        first = cents(self.rng, 10, 90)
        for amount in (first, item.residual - first):
            text = self.text(self.spelled(item.document), partner[1])
            self.line(amount, text, "instalments", [item], **self.who(partner))

    def case_by_amount(self, partner):
        item = self.invoice(partner)
        who = {"partner": partner[0], "partner_name": self.variant(partner[1])}
        self.line(item.residual, self.rng.choice(WORDLESS), "amount", [item], **who)

    def case_by_sum(self, partner):
        items = [self.invoice(partner) for _ in range(self.rng.randint(2, 4))]
        total = sum(item.residual for item in items)
        who = {"partner_name": self.variant(partner[1])}
        self.line(total, "diverse facturen", "sum", items, **who)

    def case_third_party(self, partner):
        """A parent company or a parent pays: the reference is right, the name another customer's."""
        item = self.invoice(partner)
        other = self.rng.choice(self.partners)
        text = self.text(self.spelled(item.document), other[1])
        self.line(item.residual, text, "third party", [item], partner=other[0])

    def case_deduction(self, partner):
        item = self.invoice(partner)
        part = self.rng.choice(["0.98", "0.97", "0.90"])
        amount = (item.residual * Decimal(part)).quantize(Decimal("0.01"))
        text = self.text(self.spelled(item.document), partner[1])
        self.line(amount, text, "deduction", **self.who(partner))

    def case_overpayment(self, partner):
        item = self.invoice(partner)
        text = self.text(self.spelled(item.document), partner[1])
        self.line(item.residual + cents(self.rng, 1, 50), text, "overpayment", **self.who(partner))

    def case_damaged(self, partner):
        """A digit of the reference is wrong: it may be the number of somebody else's invoice."""
        item = self.invoice(partner)
        prefix, year, number = item.document.split("/")
        place = self.rng.randrange(len(number))
        wrong = number[:place] + str((int(number[place]) + self.rng.randint(1, 9)) % 10) + number[place + 1 :]
        text = self.text(f"{prefix}/{year}/{wrong}", partner[1])
        self.line(item.residual, text, "damaged", [item], **self.who(partner))

    def case_ambiguous(self, partner):
        """Two invoices of one amount, no word about which: nobody can know."""
        amount = price(self.rng)
        for _ in range(2):
            self.invoice(partner, amount)
        self.line(amount, "betaling", "ambiguous", partner=partner[0])

    def case_paid_twice(self, partner):
        item = self.invoice(partner)
        text = self.text(self.spelled(item.document), partner[1])
        for _ in range(2):
            self.line(item.residual, text, "paid twice", **self.who(partner))

    def case_last_year(self, partner):
        """The number of an invoice of last year, which is not open; this year's of that number may be."""
        item = self.invoice(partner)
        text = self.text(self.spelled(item.document.replace("2026", "2025")), partner[1])
        self.line(price(self.rng), text, "last year", **self.who(partner))

    def case_other_order(self, partner):
        """The payer's own order stands beside our invoice; here it is the number of somebody else's order."""
        item = self.invoice(partner)
        order = f"S{self.rng.randint(701, 700 + self.number):05d}"
        text = f"{self.spelled(item.document)} our order {order}"
        self.line(item.residual, self.text(text, partner[1]), "other order", [item], **self.who(partner))

    def shop_number(self):
        """The number of an order in the web shop that no invoice here has."""
        return self.rng.choice([self.rng.randint(11, 99), self.rng.randint(90_000, 99_000)])

    def ordered(self, number):
        return self.rng.choice(
            ["#{}", "Bestelling #{}", "order {}", "Bestelling {}", "commande n° {}", "Bestellnr. {}"]
        ).format(number)

    def case_shop_order(self, partner):
        """The customer names the order in the web shop."""
        number = 10_000 + self.number
        item = self.invoice(partner, references=[f"#{number}"])
        text = self.text(self.ordered(number), partner[1])
        self.line(item.residual, text, "shop order", [item], partner=partner[0])

    def case_order_in_advance(self, partner):
        """An order that has no invoice yet or is paid already; another one of the customer has the price."""
        item = self.invoice(partner, price(self.rng), references=[f"#{10_000 + self.number}"])
        text = self.ordered(self.shop_number())
        self.line(item.residual, text, "order in advance", partner=partner[0])

    def case_other_number(self, partner):
        """The short number of an invoice that is not open; another one of the customer has the amount."""
        item = self.invoice(partner, price(self.rng))
        number = self.rng.randint(60_000, 70_000)
        text = self.rng.choice(["factuur {}", "INV {}", "Rechnung Nr. {}", "invoice no {}", "S{}"])
        self.line(item.residual, text.format(number), "other number", partner=partner[0])

    def case_short_number(self, partner):
        item = self.invoice(partner)
        number = int(item.document.rpartition("/")[2])
        text = self.rng.choice(["factuur {}", "uw INV {}", "Rechnung Nr. {}", "facture n° {}"])
        self.line(item.residual, text.format(number), "short number", [item], partner=partner[0])

    def case_shared_order(self, partner):
        """Two invoices of one order, paid together or one of them, by the number of the order."""
        order = f"S{self.number + 90_000:05d}"
        amount = price(self.rng)
        other = amount if self.rng.random() < 0.2 else amount + cents(self.rng, 1, 50)
        items = [self.invoice(partner, sum_, order=order) for sum_ in (amount, other)]
        text = self.text(self.rng.choice(["Order {}", "{}", "uw order {}"]).format(order), partner[1])
        if self.rng.random() < 0.5:
            self.line(amount + other, text, "shared order", items, **self.who(partner))
        else:
            self.line(amount, text, "shared order", items[:1] if amount != other else (), **self.who(partner))

    def bill(self, partner, number, amount=None):
        item = self.invoice(partner, -(amount or price(self.rng)))
        self.world.items[-1] = item = replace(
            item,
            document=f"BILL/2026/10/{self.number:04d}",
            references=(f"BILL/2026/10/{self.number:04d}", number),
        )
        return item

    def vendor_number(self):
        """As vendors number their invoices: short, dated, alike."""
        kind = self.rng.choice(["2026{:03d}", "2026-{:02d}", "F2026-{}", "VF{:05d}", "{}"])
        return kind.format(self.rng.randint(1, 300))

    def case_vendor_bill(self, partner):
        number = self.vendor_number()
        item = self.bill(partner, number)
        text = self.text(self.rng.choice(["factuur {}", "uw factuur {}", "{}"]).format(number), partner[1])
        self.line(item.residual, text, "vendor bill", [item], partner=partner[0])

    def case_purchase_order(self, partner):
        """The customer's own number stands on the invoice; others may well use the same."""
        rng = self.rng
        number = rng.choice(["PO{}", "Week {}", "P2026-{}", "45000{}"]).format(rng.randint(10, 99))
        item = self.invoice(partner, references=[number])
        self.world.items[-1] = item = replace(item, foreign_references=(number,))
        text = self.text(number, partner[1])
        if rng.random() < 0.5:
            self.line(item.residual, text, "purchase order", [item], partner=partner[0])
        else:
            others = [other for other in self.partners if other[0] != partner[0]]
            self.line(item.residual, text, "purchase order of others", partner=rng.choice(others)[0])

    def case_wages(self, partner):
        """One entry owes several people; somebody else's part may be what one of them gets, too."""
        rng = self.rng
        others = [other for other in self.partners if other[0] != partner[0]]
        amount = cents(rng, 800, 3000)
        parts = [self.invoice(who, -amount) for who in (partner, rng.choice(others))]
        name = f"SLIP/2026/10/{parts[0].id:04d}"
        parts = [
            replace(part, document=name, references=(name,), foreign_references=(name,)) for part in parts
        ]
        self.world.items[-2:] = parts
        known = rng.random() < 0.7
        who = {"partner": partner[0]} if known else {}
        self.line(-amount, self.text(name, partner[1]), "wages", parts[:1] if known else (), **who)

    def case_bill_elsewhere(self, partner):
        """A bill that is not here yet; another vendor has one of that number and amount."""
        number = self.vendor_number()
        item = self.bill(partner, number)
        others = [other for other in self.partners if other[0] != partner[0]]
        self.line(item.residual, f"factuur {number}", "bill elsewhere", partner=self.rng.choice(others)[0])

    def case_stranger(self, partner):
        """A payer who is no contact, whose name resembles one; an open invoice has the amount."""
        item = self.invoice(partner, price(self.rng))
        last = partner[1].split(maxsplit=1)[-1]
        name = f"{initial(self.rng)}. {last}"
        if self.names[name_key(name)]:
            name = f"Xander {name}"
        self.line(item.residual, self.rng.choice(["betaling", ""]), "stranger", partner_name=name.upper())

    def case_deducted(self, partner):
        """One line names the invoice, less a discount; another has its amount and says nothing."""
        item = self.invoice(partner, cents(self.rng, 20, 900))
        amount = (item.residual * Decimal("0.97")).quantize(Decimal("0.01"))
        self.line(amount, self.spelled(item.document), "deducted", partner=partner[0])
        self.line(item.residual, "betaling", "deducted", partner=partner[0])

    def case_wrong_cent(self, partner):
        item = self.invoice(partner)
        text = self.text(self.spelled(item.document), partner[1])
        amount = item.residual + self.rng.choice([1, -1, 9]) * Decimal("0.01")
        self.line(amount, text, "wrong cent", **self.who(partner))

    def case_unknown_payer(self, partner):
        """A customer without open invoices pays in advance; somebody of that name may have one."""
        self.names[name_key(partner[1])] += 1
        who = {"partner_name": self.variant(partner[1])}
        self.line(price(self.rng), self.rng.choice(["vooruitbetaling", "deposit", ""]), "in advance", **who)

    def case_unrelated(self, partner):
        amount = cents(self.rng, 5, 900)
        if self.rng.random() < 0.3 and self.world.items:
            # By chance the amount of an invoice of somebody.
            amount = self.rng.choice(self.world.items).residual
        sign = self.rng.choice([1, -1])
        self.line(sign * amount, self.rng.choice(UNRELATED), "unrelated")

    def case_mollie(self, partner):
        reference = f"r{self.rng.getrandbits(60):x}"
        item = self.invoice(
            partner, kind="payment", journal=MOLLIE, platform_references=frozenset({reference})
        )
        self._mollie(item.residual, reference, "payment", [item])

    def case_mollie_captures(self, partner):
        reference = f"r{self.rng.getrandbits(60):x}"
        amount = cents(self.rng, 50, 900)
        item = self.invoice(
            partner, amount, kind="payment", journal=MOLLIE, platform_references=frozenset({reference})
        )
        first = cents(self.rng, 5, 40)
        for part in (first, amount - first):
            self._mollie(part, reference, "capture", [item])

    def case_mollie_refund(self, partner):
        reference = f"r{self.rng.getrandbits(60):x}"
        item = self.invoice(
            partner,
            -cents(self.rng, 5, 200),
            kind="payment",
            journal=MOLLIE,
            parent_references=frozenset({reference}),
        )
        self._mollie(item.residual, reference, "refund", [item])

    def case_mollie_unknown(self, partner):
        """Paid at Mollie, but Odoo knows of no such payment; an invoice happens to have the amount."""
        item = self.invoice(partner)
        self._mollie(item.residual, f"r{self.rng.getrandbits(60):x}", "payment", [])

    def _mollie(self, amount, reference, kind, pays):
        self.line(
            amount,
            f"{reference} iDEAL",
            f"mollie {kind}" if pays else "mollie unknown",
            pays,
            journal=MOLLIE,
            kind=kind,
            platform_ids=frozenset({f"tr_{self.rng.getrandbits(40):x}"}),
            platform_references=frozenset({reference}),
        )

    def case_payout(self, _partner):
        self.number += 1
        reference = f"{1_000_000 + self.number}.26{self.rng.randint(9, 11):02d}.{self.rng.randint(1, 30):02d}"
        item = OpenItem(
            id=self.number,
            date=PAID_FROM,
            residual=cents(self.rng, 900, 9000),
            currency=EUR,
            kind="transfer",
            document=f"payout {reference}",
            references=(reference,),
        )
        self.world.items.append(item)
        text = self.rng.choice(
            [
                f"STICHTING MOLLIE PAYMENTS {reference}",
                f"Mollie T{reference.replace('.', '')}",
                "Stichting Mollie Payments uitbetaling",
            ]
        )
        self.line(item.residual, text, "payout", [item], within=4)

    CASES = (
        ("mollie", 30),
        ("mollie_captures", 2),
        ("mollie_refund", 4),
        ("mollie_unknown", 2),
        ("payout", 2),
        ("reference", 16),
        ("structured", 8),
        ("several", 4),
        ("instalments", 2),
        ("by_amount", 6),
        ("by_sum", 2),
        ("third_party", 2),
        ("deduction", 3),
        ("overpayment", 2),
        ("damaged", 3),
        ("ambiguous", 2),
        ("paid_twice", 1),
        ("last_year", 1),
        ("other_order", 2),
        ("shop_order", 4),
        ("order_in_advance", 2),
        ("other_number", 1),
        ("short_number", 2),
        ("shared_order", 2),
        ("vendor_bill", 4),
        ("bill_elsewhere", 1),
        ("purchase_order", 3),
        ("wages", 1),
        ("stranger", 2),
        ("deducted", 1),
        ("wrong_cent", 2),
        ("unknown_payer", 1),
        ("unrelated", 6),
    )

    def make(self) -> World:
        names = [name for name, _weight in self.CASES]
        weights = [weight for _name, weight in self.CASES]
        while len(self.world.lines) < self.size:
            case = self.rng.choices(names, weights)[0]
            getattr(self, f"case_{case}")(self.rng.choice(self.partners))
        # Open invoices that nobody has paid yet.
        for _ in range(self.size):
            self.invoice(self.rng.choice(self.partners))
        self.world.lines = [
            replace(line, namesakes=self.names[name_key(line.partner_name)] > 1) for line in self.world.lines
        ]
        self.rng.shuffle(self.world.lines)
        self.rng.shuffle(self.world.items)
        return self.world


def make_world(seed: int, size: int) -> World:
    """A world of about ``size`` bank lines; the same seed gives the same world."""
    return Generator(seed, size).make()
