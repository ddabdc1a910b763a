from odoo import api, models

# Country, how many of the web shop's customers live there, and towns with their postal codes.
PLACES = (
    ("NL", 18, (("Utrecht", "3512 JE"), ("Haarlem", "2011 RD"), ("Zwolle", "8011 PK"), ("Breda", "4811 XC"))),
    ("BE", 8, (("Gent", "9000"), ("Leuven", "3000"), ("Namur", "5000"))),
    ("DE", 9, (("Köln", "50667"), ("Bremen", "28195"), ("Leipzig", "04109"))),
    ("FR", 6, (("Lille", "59000"), ("Nantes", "44000"))),
    ("AT", 3, (("Graz", "8010"), ("Linz", "4020"))),
)
FIRST = "Anna Bram Claire Daan Elise Finn Greta Hugo Iris Jonas Katja Lars Mila Noor Otto Paula".split()
LAST = "Bakker Claes Dupont Engel Fischer Girard Hofer Jansen Lambert Meyer Peeters Roos Visser Weber".split()
STREETS = {
    "NL": "Lindelaan",
    "BE": "Kerkstraat",
    "DE": "Gartenstraße",
    "FR": "Rue des Lilas",
    "AT": "Wiesengasse",
}
# Name, country, town, postal code, VAT number (made up, with valid check digits).
TRADE = (
    ("Tuincentrum De Linde", "NL", "Apeldoorn", "7311 AA", "NL123456782B90"),
    ("Hoveniers Van Beek", "NL", "Tilburg", "5038 EA", False),
    ("Bloemenhuis Margriet", "NL", "Leiden", "2312 BK", False),
    ("Jardinerie du Parc", "BE", "Liège", "4000", "BE0477472701"),
    ("Groencentrum Scheldezicht", "BE", "Antwerpen", "2000", False),
    ("Gärtnerei Sonnenhof", "DE", "Aachen", "52062", "DE136695976"),
    ("Pflanzenwelt Nordhaus", "DE", "Oldenburg", "26122", False),
    ("Les Serres de l'Orme", "FR", "Rennes", "35000", "FR83404833048"),
)


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _make_shoppers(self):
        """Customers of the web shop, in the countries that it sells to."""
        random = self._random("shoppers")
        names = [f"{first} {last}" for first in FIRST for last in LAST]
        random.shuffle(names)
        values = []
        for code, count, towns in PLACES:
            for _number in range(count):
                town, postcode = random.choice(towns)
                name = names.pop()
                values.append(
                    {
                        "name": name,
                        "email": f"{name.lower().replace(' ', '.')}@customers.example",
                        "street": f"{STREETS[code]} {random.randint(1, 180)}",
                        "zip": postcode,
                        "city": town,
                        "country_id": self.env.ref(f"base.{code.lower()}").id,
                    }
                )
        return self.env["res.partner"].create(values)

    @api.model
    def _make_traders(self):
        """Customers who order by the pallet and pay their invoices by bank transfer."""
        random = self._random("traders")
        terms = self.env.ref("account.account_payment_term_30days")
        return self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "email": f"orders{number}@trade.example",
                    "street": f"{STREETS[code]} {random.randint(1, 180)}",
                    "zip": postcode,
                    "city": town,
                    "vat": vat,
                    "country_id": self.env.ref(f"base.{code.lower()}").id,
                    "property_payment_term_id": terms.id,
                }
                for number, (name, code, town, postcode, vat) in enumerate(TRADE, start=1)
            ]
        )
