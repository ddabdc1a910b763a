"""A few records, many times over, written straight into the database.

Copy ``n`` of a record gets an id that can be worked out, so that references among the copies need no map:
two hundred thousand orders with all that belongs to them take minutes instead of hours.
"""

from dataclasses import dataclass

# Stands in every text of an example that must differ; each copy has its own number.
TOKEN = "7654321"


@dataclass
class Example:
    """Records that belong together.

    :ivar records: recordsets, one for each table; references between them lead to the copies
    :ivar links: names of many2many tables whose rows between these records are copied too
    :ivar values: ``{table: {column: SQL}}`` that differs between the copies, in terms of ``n`` (from 1)
    """

    records: list
    links: tuple = ()
    values: dict = None


def fill(env, example: Example, count: int) -> dict[str, int]:
    """Write ``count`` copies of an example.

    :return: ``{table: id}`` of the first copy of the first record of each table
    """
    env.flush_all()
    cr = env.cr
    bases = {
        records._table: _reserve(cr, records._table, len(records) * count) for records in example.records
    }
    order = {records._table: records.ids for records in example.records}
    # Foreign keys among the copies hold once all are written.
    cr.execute("SET LOCAL session_replication_role = replica")
    for table, ids in order.items():
        for identifier in ids:
            given = {"id": _copied(table, identifier, order, bases), **(example.values or {}).get(table, {})}
            _insert(cr, table, "source.id = %s", identifier, given, order, bases, count)
    for table in example.links:
        _insert_links(cr, table, order, bases, count)
    cr.execute("SET LOCAL session_replication_role = origin")
    env.invalidate_all()
    return bases


def _reserve(cr, table, count):
    cr.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")
    first = cr.fetchone()[0]
    cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count])
    return first


def _copied(table, identifier, order, bases):
    """SQL: the id of the copy ``n`` of a record."""
    ids = order[table]
    return f"{bases[table]} + (n - 1) * {len(ids)} + {ids.index(identifier)}"


def columns(cr, table):
    """``(name, type, table referred to)`` of each column."""
    cr.execute(
        """
        SELECT field.attname, format_type(field.atttypid, NULL), target.relname
          FROM pg_attribute field
     LEFT JOIN pg_constraint link ON link.conrelid = field.attrelid AND link.contype = 'f'
               AND link.conkey = ARRAY[field.attnum]
     LEFT JOIN pg_class target ON target.oid = link.confrelid
         WHERE field.attrelid = %s::regclass AND field.attnum > 0 AND NOT field.attisdropped
        """,
        [table],
    )
    return cr.fetchall()


def _insert(cr, table, where, parameter, given, order, bases, count):
    cr.execute(f"SELECT to_jsonb(source) FROM {table} source WHERE {where}", [parameter])
    row = cr.fetchone()[0]
    names, values = [], []
    for name, kind, target in columns(cr, table):
        value = f'source."{name}"'
        if name in given:
            value = f"({given[name]})"
        elif row[name] in order.get(target, ()):
            value = _copied(target, row[name], order, bases)
        elif kind in ("character varying", "text") and TOKEN in (row[name] or ""):
            value = f"replace({value}, '{TOKEN}', n::text)"
        names.append(f'"{name}"')
        values.append(value)
    selected = ", ".join(values).replace("%", "%%")
    cr.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {selected} "
        f"FROM {table} source, generate_series(1, %s) n WHERE {where}",
        [count, parameter],
    )


def _insert_links(cr, table, order, bases, count):
    (first, _kind, one), (second, _type, other) = columns(cr, table)
    cr.execute(
        f"SELECT {first}, {second} FROM {table} WHERE {first} = ANY(%s) AND {second} = ANY(%s)",
        [order[one], order[other]],
    )
    for left, right in cr.fetchall():
        cr.execute(
            f"INSERT INTO {table} ({first}, {second}) SELECT {_copied(one, left, order, bases)}, "
            f"{_copied(other, right, order, bases)} FROM generate_series(1, %s) n",
            [count],
        )
