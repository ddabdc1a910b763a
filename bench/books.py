"""Many paid invoices and their bank lines, copied from one real example straight in the database.

Odoo needs minutes to make twenty thousand of them by its own calls; what is measured is what happens
to them afterwards.
"""

from odoo import Command

from .filling import TOKEN, columns

# What an example consists of, and the tables that refer to each other.
TABLES = (
    "res_partner",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_bank_statement_line",
    "account_partial_reconcile",
    "account_full_reconcile",
)


def journal(env, name):
    """A bank journal whose payments wait on an account of outstanding receipts."""
    journals = env["account.journal"]
    code = f"B{journals.search_count([])}"
    made = journals.create({"name": name, "code": code, "type": "bank"})
    accounts = env["account.account"]
    made.inbound_payment_method_line_ids.payment_account_id = accounts.create(
        {
            "name": f"{name}, outstanding receipts",
            "code": accounts._search_new_account_code("109500"),
            "account_type": "asset_current",
            "reconcile": True,
        }
    )
    return made


def invoices(env, count, start, *, amount=121.0):
    """Open invoices INV/2026/``start`` and following, each of a customer of its own.

    :return: their receivable journal items
    """
    partner, invoice = _posted_invoice(env, amount)
    invoice.payment_reference = invoice.name
    receivable = invoice.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")
    return _copies(env, count, start, [partner, invoice, invoice.line_ids], wanted=receivable)


def payments(env, count, start, bank, *, amount=121.0):
    """Invoices that are paid on the journal ``bank``, and not yet seen there.

    :return: the payments' outstanding journal items
    """
    partner, invoice = _posted_invoice(env, amount)
    payment = env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "amount": amount,
            "date": "2026-11-03",
            "journal_id": bank.id,
            "memo": f"tr_{TOKEN}",
        }
    )
    payment.action_post()
    entry = payment.move_id
    entry.name = f"{bank.code}/2026/{TOKEN}"
    both = (entry | invoice).line_ids
    both.filtered(lambda aml: aml.account_id.account_type == "asset_receivable").reconcile()
    partial = both.matched_debit_ids | both.matched_credit_ids
    outstanding = entry.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_current")
    example = [partner, entry | invoice, both, payment, partial, partial.full_reconcile_id]
    return _copies(env, count, start, example, wanted=outstanding)


def bank_lines(env, count, start, bank, text, *, amount=121.0, **values):
    """Unmatched lines of a bank; TOKEN in ``text`` and the values is each line's own number."""
    line = (
        env["account.bank.statement.line"]
        .with_context(o2c_skip_matching=True)
        .create(
            {"journal_id": bank.id, "date": "2026-11-10", "amount": amount, "payment_ref": text, **values}
        )
    )
    line.move_id.name = f"{bank.code}/2026/S{TOKEN}"
    return _copies(env, count, start, [line.move_id, line.move_id.line_ids, line], wanted=line)


def _posted_invoice(env, amount):
    """The example of a customer and its open invoice."""
    partner = env["res.partner"].create({"name": f"Customer {TOKEN}"})
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-11-02",
            "invoice_line_ids": [Command.create({"name": "Spade", "price_unit": amount, "tax_ids": []})],
        }
    )
    invoice.name = f"INV/2026/{TOKEN}"
    invoice.action_post()
    return partner, invoice


def _copies(env, count, start, example, wanted):
    """Put ``count`` copies in the place of an example, numbered from ``start``.

    :param example: recordsets; references between them lead to the copies, all others stay
    :param wanted: the record of the example whose copies are returned, in the order of their numbers
    """
    env.flush_all()
    cr = env.cr
    cr.execute("DROP TABLE IF EXISTS bench_copy")
    cr.execute("CREATE TEMP TABLE bench_copy (tbl text, old int, n int, new int)")
    for records in example:
        cr.execute(
            """
            INSERT INTO bench_copy
            SELECT %s, old, n, nextval(pg_get_serial_sequence(%s, 'id'))
              FROM unnest(%s) old, generate_series(%s, %s) n ORDER BY n, old
            """,
            [records._table, records._table, records.ids, start, start + count - 1],
        )
    cr.execute("CREATE UNIQUE INDEX ON bench_copy (tbl, old, n)")
    cr.execute("ANALYZE bench_copy")
    # Entry and statement line, or entry and payment, refer to each other: no order would do.
    cr.execute("SET LOCAL session_replication_role = replica")
    for records in example:
        _insert(cr, records._table)
    for records in example:
        # Odoo counts a customer's invoices after the commit; the customer stays.
        if records._table != "res_partner":
            cr.execute(f"DELETE FROM {records._table} WHERE id = ANY(%s)", [records.ids])
    cr.execute("SET LOCAL session_replication_role = origin")
    cr.execute(
        "SELECT new FROM bench_copy WHERE tbl = %s AND old = %s ORDER BY n", [wanted._table, wanted.id]
    )
    env.invalidate_all()
    return wanted.browse([new for (new,) in cr.fetchall()])


def _insert(cr, table):
    """Insert the copies of a table's rows."""
    names, values = [], []
    for name, kind, target in columns(cr, table):
        column = f'source."{name}"'
        if name == "id":
            column = "copy.new"
        elif target in TABLES:
            column = _followed(column, target)
        elif (table, name) == ("account_move_line", "matching_number"):
            column = f"{_followed('source.full_reconcile_id', 'account_full_reconcile')}::text"
        elif kind in ("character varying", "text"):
            column = f"replace({column}, '{TOKEN}', copy.n::text)"
        names.append(f'"{name}"')
        values.append(column)
    cr.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM bench_copy copy JOIN {table} source ON source.id = copy.old AND copy.tbl = %s",
        [table],
    )


def _followed(column, table):
    """SQL: the copy of what the column refers to, or the same as before if that was not copied."""
    return (
        f"COALESCE((SELECT other.new FROM bench_copy other WHERE other.tbl = '{table}' "
        f"AND other.old = {column} AND other.n = copy.n), {column})"
    )
