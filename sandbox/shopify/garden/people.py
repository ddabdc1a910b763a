"""The customers of the garden shop. All of them are made up.

E-mail addresses are on example.com, telephone numbers in ranges that reach nobody, VAT numbers
well formed and not handed out.
"""

# first name, last name, street, address line 2, postcode, city, country code, telephone
PEOPLE = [
    ("Sanne", "Verhoeven", "Lindelaan 14", None, "3571 ZX", "Utrecht", "NL", "+31600000101"),
    ("Bram", "Kuipers", "Havenstraat 203", "2e verdieping", "1013 GA", "Amsterdam", "NL", "+31600000102"),
    ("Fleur", "de Wit-Jansen", "Dorpsplein 7", None, "6901 AB", "Zevenaar", "NL", "+31600000103"),
    ("Joost", "van den Berg", "Kerkweg 88 a", None, "9712 KL", "Groningen", "NL", "+31600000104"),
    ("Noor", "El Amrani", "Meidoornstraat 5", None, "3053 CD", "Rotterdam", "NL", "+31600000105"),
    ("Tjitske", "Hoekstra", "Singel 31", None, "8911 BC", "Leeuwarden", "NL", None),
    ("Daan", "Brouwer", "Beukenlaan 120", "Unit 4", "5616 VD", "Eindhoven", "NL", "+31600000107"),
    ("Mila", "Postma", "Molenpad 2", None, "2611 WX", "Delft", "NL", "+31600000108"),
    ("Lotte", "Peeters", "Kastanjestraat 19", None, "2018", "Antwerpen", "BE", "+32455000201"),
    ("Wout", "Claes", "Brugsesteenweg 410", "Bus 3", "9000", "Gent", "BE", "+32455000202"),
    ("Amélie", "Dubois", "Rue des Tilleuls 8", None, "4000", "Liège", "BE", "+32455000203"),
    ("Jef", "Wouters", "Veldstraat 55", None, "3000", "Leuven", "BE", None),
    ("Camille", "Moreau", "12 rue du Verger", None, "69003", "Lyon", "FR", "+33639980101"),
    ("Théo", "Lefèvre", "4 bis allée des Érables", "Bâtiment C", "33000", "Bordeaux", "FR", "+33639980102"),
    ("Inès", "Garnier", "27 boulevard du Parc", None, "59800", "Lille", "FR", "+33639980103"),
    ("Hugo", "Fontaine", "3 chemin des Vignes", None, "21200", "Beaune", "FR", None),
    ("Greta", "Schäfer", "Gartenstraße 23", None, "50677", "Köln", "DE", "+493023125101"),
    ("Jonas", "Brinkmann", "Am Mühlbach 6", None, "48143", "Münster", "DE", "+493023125102"),
    ("Annika", "Vogt", "Lindenallee 71", "Hinterhaus", "10437", "Berlin", "DE", "+493023125103"),
    ("Lukas", "Krüger", "Ringstraße 9", None, "26721", "Emden", "DE", "+493023125104"),
]

# name, VAT number, street, postcode, city, country code, contact first and last name, telephone
COMPANIES = [
    (
        "Hoveniersbedrijf De Linde",
        "NL000007602B65",
        "Industrieweg 12",
        "3401 MA",
        "IJsselstein",
        "NL",
        ("Ruben", "Dijkstra"),
        "+31600000301",
    ),
    (
        "Tuincentrum Groenrijk Oost",
        "NL000011265B56",
        "Zutphenseweg 240",
        "7211 EB",
        "Eefde",
        "NL",
        ("Marit", "Scholten"),
        "+31600000302",
    ),
    (
        "Tuinaanleg Maes",
        "BE0999081390",
        "Nijverheidslaan 4",
        "2300",
        "Turnhout",
        "BE",
        ("Els", "Maes"),
        "+32455000301",
    ),
    (
        "Gartenbau Hartwig GmbH",
        "DE102018913",
        "Gewerbering 18",
        "47574",
        "Goch",
        "DE",
        ("Stefan", "Hartwig"),
        "+493023125301",
    ),
    (
        "Jardins du Nord SARL",
        "FR01950948000",
        "15 rue de l'Industrie",
        "59000",
        "Lille",
        "FR",
        ("Claire", "Delattre"),
        "+33639980301",
    ),
]

COUNTRIES = {
    "NL": "Netherlands",
    "BE": "Belgium",
    "FR": "France",
    "DE": "Germany",
    "GB": "United Kingdom",
}
