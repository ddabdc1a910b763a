import re
from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL, html2plaintext

from odoo.addons.base.models.res_bank import sanitize_account_number

from ..lib.matching import BankLine, OpenItem
from ..lib.names import name_key
from ..lib.platform import line_keys
from ..lib.records import CHARGEBACK_KINDS, RETURNED_KIND, REVERSAL_KIND

_MOLLIE_ID = re.compile(r"\btr_[A-Za-z0-9]{4,}")


def _strings(*values):
    return frozenset(value for value in values if value)


def _split(text):
    """Numbers that stand in one field, separated by commas."""
    return [part.strip() for part in (text or "").split(", ") if part.strip()]


def _origin(text):
    """The orders that an invoice is of; a web shop's stands behind ours: ``S00042 #1042``."""
    orders = []
    for part in (text or "").split(","):
        words = part.split()
        orders += words if all(re.search("[0-9]", word) for word in words) else [part.strip()]
    return orders


def _references(row):
    """All numbers of an invoice, bill or entry, and those of them that are not ours.

    The reference of an invoice is the customer's, such as a purchase order, and all that a vendor wants us to
    write on a payment is the vendor's. The number of another entry, such as that of the opening balance or of
    wages, says nothing about who owes.
    """
    name, origin = _split(row["name"]), _origin(row["invoice_origin"])
    reference, asked = _split(row["ref"]), _split(row["payment_reference"])
    every = [*name, *asked, *reference, *origin]
    if row["move_type"] == "entry":
        return every, every
    own = {*name, *origin}
    if row["move_type"] not in ("in_invoice", "in_refund", "in_receipt"):
        own.update(asked)
    # The number of an order in the web shop may consist of several words.
    orders = f" {(row['invoice_origin'] or '').replace(',', ' ')} "
    return every, [number for number in every if number not in own and f" {number} " not in orders]


def _platform_keys(lines):
    """Every id and reference under which a platform knows ``lines``."""
    return frozenset().union(*map(line_keys, lines))


class O2cMatchReading(models.AbstractModel):
    """Reading lines and open items for the matching library: a fixed number of queries."""

    _name = "o2c.match.reading"
    _description = "Reading for Matching"

    # === Bank lines === #

    def _read_lines(self, company):
        """The company's unmatched bank lines as records of the library."""
        self.env.flush_all()
        where = [
            SQL("line.company_id = %s", company.id),
            SQL("line.is_reconciled IS NOT TRUE"),
            SQL("line.o2c_excluded IS NOT TRUE"),
            SQL("move.state = 'posted'"),
        ]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, move.date, -suspense.amount_currency AS amount, suspense.currency_id,
                       line.journal_id, line.partner_id, partner.commercial_partner_id,
                       line.partner_name, line.account_number, line.payment_ref, move.ref, move.narration,
                       line.transaction_details, line.mollie_kind, line.mollie_payment_id,
                       line.mollie_description,
                       mollie.id IS NOT NULL AND mollie.book_payouts IS NOT TRUE AS unbooked
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_journal journal ON journal.id = line.journal_id
                  JOIN account_move_line suspense
                       ON suspense.move_id = move.id
                      AND suspense.account_id = journal.suspense_account_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN o2c_mollie_settlement settlement ON settlement.id = line.mollie_settlement_id
             LEFT JOIN o2c_mollie_account mollie ON mollie.id = settlement.account_id
                 WHERE %s
                """,
                SQL(" AND ").join(where),
            )
        )
        owners = self._account_owners(company, rows)
        refused = self._refused_items([row["id"] for row in rows])
        namesakes = self._namesakes(company, rows)
        return [self._bank_line(company, row, owners, refused, namesakes) for row in rows]

    def _bank_line(self, company, row, owners, refused, namesakes):
        owner = owners.get(sanitize_account_number(row["account_number"]))
        return BankLine(
            id=row["id"],
            date=row["date"],
            amount=self._decimal(row["amount"], row["currency_id"]),
            currency=str(row["currency_id"]),
            company=company.id,
            journal=row["journal_id"],
            text=self._text(row),
            partner=row["commercial_partner_id"] or owner,
            partner_name=row["partner_name"] or "",
            namesakes=name_key(row["partner_name"] or "") in namesakes,
            kind=row["mollie_kind"] or "",
            # A company may keep payouts unassigned until somebody decides.
            unbooked=row["unbooked"],
            platform_ids=_strings(row["mollie_payment_id"]),
            platform_references=_strings(row["mollie_description"]),
            refused=refused.get(row["id"], frozenset()),
        )

    @staticmethod
    def _text(row):
        parts = [row["payment_ref"], row["ref"]]
        if row["narration"]:
            parts.append(html2plaintext(row["narration"]))
        if row["transaction_details"]:
            parts.append(str(row["transaction_details"]))
        return " \n ".join(part for part in parts if part)

    def _account_owners(self, company, rows):
        """{account number: the company's only partner who has it} for lines whose partner is not known."""
        numbers = {
            sanitize_account_number(row["account_number"])
            for row in rows
            if row["account_number"] and not row["partner_id"]
        }
        owners = {}
        banks = self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "in", list(numbers)),
                ("partner_id.company_id", "in", [False, *company.parent_ids.ids]),
            ]
        )
        for bank in banks:
            owner = bank.partner_id.commercial_partner_id.id
            number = bank.sanitized_acc_number
            owners[number] = owner if owners.get(number, owner) == owner else None
        return owners

    def _namesakes(self, company, rows):
        """Names of payers among these rows that several partners bear, whether they owe something or not.

        A contact of a company may pay for it; whoever only receives its parcels does not. Of those who are
        archived, the ones with something open count.
        """
        wanted = {
            name_key(row["partner_name"]) for row in rows if row["partner_name"] and not row["partner_id"]
        }
        if not wanted:
            return set()
        names = self.env.execute_query(
            SQL(
                """
                SELECT name, commercial_partner_id
                  FROM res_partner
                 WHERE name IS NOT NULL
                   AND (id = commercial_partner_id OR type IS DISTINCT FROM 'delivery')
                   AND (company_id IS NULL OR company_id = ANY(%(companies)s))
                   AND (active OR EXISTS (
                           SELECT FROM account_move_line item
                            WHERE item.partner_id = res_partner.commercial_partner_id
                              AND item.company_id = %(company)s AND item.parent_state = 'posted'
                              AND item.reconciled IS NOT TRUE AND item.amount_residual != 0
                       ))
                """,
                companies=company.parent_ids.ids,
                company=company.id,
            )
        )
        bearers = defaultdict(set)
        for name, partner_id in names:
            bearers[name_key(name)].add(partner_id)
        return {name for name in wanted if len(bearers[name]) > 1}

    def _refused_items(self, line_ids):
        """{line: items from which it was taken away}; a booking without items counts as item 0."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.line_id, array_agg(COALESCE(item.item_id, 0))
                  FROM o2c_match match
                  JOIN o2c_match_bank_line_rel rel ON rel.match_id = match.id
             LEFT JOIN o2c_match_item_rel item ON item.match_id = match.id
                 WHERE match.state = 'undone' AND rel.line_id = ANY(%s)
              GROUP BY rel.line_id
                """,
                line_ids,
            )
        )
        return {line_id: frozenset(items) for line_id, items in rows}

    def _decimal(self, amount, currency_id):
        digits = self.env["res.currency"].browse(currency_id).decimal_places
        return Decimal(f"{amount:.{digits}f}")

    # === Open items === #

    def _read_items(self, company, lines):
        """Everything of the company that waits for money, as records of the library."""
        rows = self._open_rows(company)
        payments = [row["payment_id"] for row in rows if row["payment_id"]]
        reversed_ids = [row["reversed_entry_id"] for row in rows if row["reversed_entry_id"]]
        invoices_of, keys_of = self._payment_links(payments, reversed_ids)
        reopened = self._reopened_keys(company, lines)
        for row in rows:
            row["reopened_by"] = reopened.get(row["id"], frozenset())
        items = [self._open_item(company, row, invoices_of, keys_of) for row in rows]
        return items + self._received_items(company, lines) + self._given_items(company, lines)

    def _open_rows(self, company):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT item.id, item.date, item.date_maturity, item.amount_residual_currency AS residual,
                       item.currency_id, item.journal_id, item.account_id, item.payment_id,
                       item.discount_date,
                       CASE WHEN item.amount_residual_currency = item.amount_currency
                            THEN item.discount_amount_currency END AS discounted,
                       debtor.id AS partner_id, debtor.complete_name AS partner_name,
                       move.name, move.ref, move.payment_reference, move.invoice_origin,
                       move.move_type, move.reversed_entry_id,
                       CASE WHEN item.statement_line_id IS NOT NULL THEN 'transfer'
                            WHEN account.account_type IN ('asset_receivable', 'liability_payable')
                            THEN 'invoice' ELSE 'payment' END AS kind,
                       payment.memo, payment.name AS payment_name, payment.o2c_reference,
                       payment.payment_reference AS payment_payment_reference,
                       payment.o2c_parent_reference, tx.reference AS tx_reference, tx.provider_reference,
                       source.reference AS source_reference,
                       source.provider_reference AS source_provider_reference,
                       settlement.reference AS settlement
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  JOIN account_account account ON account.id = item.account_id
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
             LEFT JOIN account_payment payment ON payment.id = item.payment_id
             LEFT JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
             LEFT JOIN payment_transaction source ON source.id = tx.source_transaction_id
             LEFT JOIN account_bank_statement_line line ON line.id = item.statement_line_id
             LEFT JOIN o2c_mollie_settlement settlement ON settlement.id = line.mollie_settlement_id
                 WHERE item.company_id = %(company)s
                   AND item.parent_state = 'posted'
                   AND item.reconciled IS NOT TRUE
                   AND item.amount_residual_currency != 0
                   AND account.reconcile
                   AND (CASE WHEN account.account_type IN ('asset_receivable', 'liability_payable')
                             THEN item.payment_id IS NULL AND item.statement_line_id IS NULL
                             -- not what the payment has written off on an account of this kind
                             ELSE (item.payment_id IS NOT NULL AND item.statement_line_id IS NULL
                                   AND item.account_id
                                       = COALESCE(payment.outstanding_account_id, item.account_id))
                               OR (item.statement_line_id IS NOT NULL
                                   AND item.account_id = ANY(%(transfers)s))
                        END)
                """,
                company=company.id,
                transfers=self._transfer_accounts(company).ids,
            )
        )

    def _transfer_accounts(self, company):
        """Where money between two own banks waits: Mollie's payouts may have an account of their own."""
        accounts = self.env["o2c.mollie.account"].with_context(active_test=False)
        own = accounts.search([("company_id", "=", company.id)]).transfer_account_id
        return company.transfer_account_id | own

    def _payment_links(self, payment_ids, invoice_ids):
        """({payment: its invoices' numbers}, {invoice: platform keys of its payments})."""
        halves = [
            SQL(
                """
                SELECT paid.payment_id, invoice.move_id
                  FROM account_partial_reconcile partial
                  JOIN account_move_line paid ON paid.id = partial.%(paid)s
                  JOIN account_move_line invoice ON invoice.id = partial.%(invoice)s
                 WHERE paid.payment_id IS NOT NULL
                   AND (paid.payment_id = ANY(%(payments)s) OR invoice.move_id = ANY(%(invoices)s))
                """,
                paid=SQL.identifier(paid),
                invoice=SQL.identifier(invoice),
                payments=payment_ids,
                invoices=invoice_ids,
            )
            for paid, invoice in (
                ("debit_move_id", "credit_move_id"),
                ("credit_move_id", "debit_move_id"),
            )
        ]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT link.payment_id, move.id AS move_id, move.name, move.invoice_origin, move.ref,
                       move.move_type, move.payment_reference, payment.o2c_reference,
                       tx.reference AS tx_reference,
                       tx.provider_reference
                  FROM (%s) link
                  JOIN account_move move ON move.id = link.move_id
                  JOIN account_payment payment ON payment.id = link.payment_id
             LEFT JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
                 WHERE move.move_type != 'entry'
                """,
                SQL(" UNION ").join(halves),
            )
        )
        invoices_of, keys_of = defaultdict(list), defaultdict(set)
        for row in rows:
            invoices_of[row["payment_id"]].append(row)
            keys_of[row["move_id"]] |= _strings(
                row["o2c_reference"], row["tx_reference"], row["provider_reference"]
            )
        return invoices_of, keys_of

    def _open_item(self, company, row, invoices_of, keys_of):
        kind = row["kind"]
        invoices = invoices_of.get(row["payment_id"], [])
        references, foreign = _references(row)
        document, order = row["name"], row["ref"] or row["invoice_origin"]
        if kind == "payment":
            references, foreign = [], []
            for field in ("payment_name", "memo", "payment_payment_reference"):
                references += _split(row[field])
            for invoice in invoices:
                more, others = _references(invoice)
                references += more
                foreign += others
            document = ", ".join(invoice["name"] for invoice in invoices) or row["payment_name"]
            order = ", ".join(
                invoice["ref"] or invoice["invoice_origin"] or "" for invoice in invoices
            ).strip(", ")
        elif kind == "transfer":
            references, foreign = _split(row["settlement"]), []
            document, order = self.env._("payout %s", row["settlement"] or row["name"]), ""
        parents = _strings(
            row["o2c_parent_reference"], row["source_reference"], row["source_provider_reference"]
        )
        return OpenItem(
            id=row["id"],
            date=row["date"],
            due=row["date_maturity"],
            discounted=self._decimal(row["discounted"], row["currency_id"])
            if row["discount_date"] and row["discounted"]
            else None,
            discount_until=row["discount_date"],
            residual=self._decimal(row["residual"], row["currency_id"]),
            currency=str(row["currency_id"]),
            kind=kind,
            company=company.id,
            journal=row["journal_id"] if kind == "payment" else 0,
            account=row["account_id"],
            document=document or "",
            order=order or "",
            references=tuple(dict.fromkeys(references)),
            foreign_references=tuple(dict.fromkeys(foreign)),
            partner=row["partner_id"],
            partner_name=row["partner_name"] or "",
            platform_ids=_strings(row["provider_reference"])
            | frozenset(_MOLLIE_ID.findall(row["memo"] or ""))
            | row["reopened_by"],
            platform_references=_strings(row["o2c_reference"], row["tx_reference"]),
            parent_references=parents | keys_of.get(row["reversed_entry_id"], frozenset()),
        )

    def _reopened_keys(self, company, lines):
        """{invoice item: payments whose chargeback opened it again} for the reversals among ``lines``."""
        payments = {key for line in lines if line.kind == REVERSAL_KIND for key in line.platform_ids}
        if not payments:
            return {}
        matches = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "applied"),
                ("strategy", "=", "platform_chargeback"),
                ("line_ids.mollie_payment_id", "in", list(payments)),
            ]
        )
        keys = defaultdict(frozenset)
        for match in matches:
            for _payments, invoices in match.snapshot["reopened"]:
                for item_id in invoices:
                    keys[item_id] |= _strings(*match.line_ids.mapped("mollie_payment_id"))
        return keys

    def _received_items(self, company, lines):
        """Payments that the chargebacks among ``lines`` would take back, less what was taken before."""
        keys = _platform_keys(line for line in lines if line.kind in CHARGEBACK_KINDS)
        if not keys:
            return []
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT item.id, item.date, item.currency_id, item.partner_id, payment.id AS payment_id,
                       payment.name, payment.o2c_reference, tx.reference AS tx_reference,
                       tx.provider_reference, item.amount_currency AS residual,
                       (SELECT COALESCE(SUM(partial.credit_amount_currency), 0)
                          FROM account_partial_reconcile partial
                          JOIN account_move_line taken ON taken.id = partial.debit_move_id
                         WHERE partial.credit_move_id = item.id
                           AND taken.statement_line_id IS NOT NULL) AS taken
                  FROM account_payment payment
                  JOIN account_move_line item ON item.payment_id = payment.id
                  JOIN account_account account ON account.id = item.account_id
             LEFT JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
                 WHERE item.company_id = %s AND item.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable' AND item.balance < 0
                   AND (payment.o2c_reference = ANY(%s) OR tx.reference = ANY(%s)
                        OR tx.provider_reference = ANY(%s))
                """,
                company.id,
                *[sorted(keys)] * 3,
            )
        )
        invoices_of, _keys = self._payment_links([row["payment_id"] for row in rows], [])
        return [
            OpenItem(
                id=row["id"],
                date=row["date"],
                residual=self._decimal(row["residual"] + row["taken"], row["currency_id"]),
                currency=str(row["currency_id"]),
                kind="received",
                company=company.id,
                document=", ".join(i["name"] for i in invoices_of[row["payment_id"]]) or row["name"],
                partner=row["partner_id"],
                platform_ids=_strings(row["provider_reference"]),
                platform_references=_strings(row["o2c_reference"], row["tx_reference"]),
            )
            for row in rows
        ]

    def _given_items(self, company, lines):
        """Refunds that the returned ones among ``lines`` would take back, less what was taken before."""
        keys = _platform_keys(line for line in lines if line.kind == RETURNED_KIND)
        if not keys:
            return []
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT item.id, item.date, item.currency_id, item.partner_id, payment.id AS payment_id,
                       payment.name, item.amount_currency AS residual, line.mollie_payment_id,
                       line.mollie_description,
                       (SELECT COALESCE(SUM(partial.debit_amount_currency), 0)
                          FROM account_partial_reconcile partial
                          JOIN account_move_line back ON back.id = partial.credit_move_id
                         WHERE partial.debit_move_id = item.id
                           AND back.statement_line_id IS NOT NULL) AS taken
                  FROM account_bank_statement_line line
                  JOIN o2c_match_bank_line_rel own ON own.line_id = line.id
                  JOIN o2c_match match ON match.id = own.match_id AND match.state = 'applied'
                  JOIN o2c_match_item_rel paid ON paid.match_id = match.id
                  JOIN account_move_line outstanding ON outstanding.id = paid.item_id
                  JOIN account_payment payment ON payment.id = outstanding.payment_id
                  JOIN account_move_line item ON item.payment_id = payment.id
                  JOIN account_account account ON account.id = item.account_id
                 WHERE line.company_id = %(company)s AND line.mollie_kind = 'refund'
                   AND (line.mollie_payment_id = ANY(%(keys)s) OR line.mollie_description = ANY(%(keys)s))
                   AND account.account_type = 'asset_receivable' AND item.balance > 0
                """,
                company=company.id,
                keys=sorted(keys),
            )
        )
        invoices_of, _keys = self._payment_links([row["payment_id"] for row in rows], [])
        return [
            OpenItem(
                id=row["id"],
                date=row["date"],
                residual=self._decimal(row["residual"] - row["taken"], row["currency_id"]),
                currency=str(row["currency_id"]),
                kind="given",
                company=company.id,
                document=", ".join(i["name"] for i in invoices_of[row["payment_id"]]) or row["name"],
                partner=row["partner_id"],
                platform_ids=_strings(row["mollie_payment_id"]),
                platform_references=_strings(row["mollie_description"]),
            )
            for row in rows
        ]
