from odoo import models
from odoo.tools import SQL


def _counterparts(line):
    """SQL: the ids of the journal items that ``line`` is reconciled with, as ``line_id``."""
    return SQL(
        """
        SELECT credit_move_id AS line_id FROM account_partial_reconcile WHERE debit_move_id = %(line)s
     UNION ALL
        SELECT debit_move_id FROM account_partial_reconcile WHERE credit_move_id = %(line)s
        """,
        line=line,
    )


class SaleOrder(models.Model):
    """What bank statements have shown of the money of these orders."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _o2c_unmatched_invoices(self):
        """The invoices of these orders with a payment that no bank statement shows yet."""
        invoices = self.invoice_ids._origin
        if not invoices:
            return invoices
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.payment"].flush_model(["is_matched"])
        self.env["account.move"].flush_model(["origin_payment_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id
                  FROM account_move_line line
                  JOIN LATERAL (%(paid_by)s) paid_by ON TRUE
                  JOIN account_move_line paying ON paying.id = paid_by.line_id
                  JOIN account_move move ON move.id = paying.move_id
                  JOIN account_payment payment ON payment.id = move.origin_payment_id
                 WHERE line.move_id = ANY(%(invoices)s) AND payment.is_matched IS NOT TRUE
                """,
                paid_by=_counterparts(SQL.identifier("line", "id")),
                invoices=invoices.ids,
            )
        )
        found = {row[0] for row in rows}
        # A payment that posts no entry of its own is tied to the invoice directly.
        found.update(
            invoice.id
            for invoice in invoices
            if any(
                payment.state in ("in_process", "paid") and not payment.is_matched
                for payment in invoice.matched_payment_ids
            )
        )
        return invoices.browse(found)

    def _o2c_settled_days(self):
        """``{order: day}``: the last bank statement line that paid the invoices of these orders.

        Either the line pays the invoice itself, or it shows the payment that does. An invoice that was
        credited in full has none.
        """
        invoices = self.invoice_ids._origin.filtered(lambda move: move.state == "posted")
        if not invoices:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["date", "move_id", "statement_line_id"])
        self.env["account.move"].flush_model(["origin_payment_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id, MAX(bank.date)
                  FROM account_move_line line
                  JOIN LATERAL (%(paid_by)s) paid_by ON TRUE
                  JOIN account_move_line paying ON paying.id = paid_by.line_id
                  JOIN account_move move ON move.id = paying.move_id
             LEFT JOIN account_move_line part ON part.move_id = move.id
                       AND move.origin_payment_id IS NOT NULL
             LEFT JOIN LATERAL (%(seen_as)s) seen_as ON TRUE
                  JOIN account_move_line bank ON bank.id = ANY(ARRAY[paying.id, seen_as.line_id])
                       AND bank.statement_line_id IS NOT NULL
                 WHERE line.move_id = ANY(%(invoices)s)
              GROUP BY line.move_id
                """,
                paid_by=_counterparts(SQL.identifier("line", "id")),
                seen_as=_counterparts(SQL.identifier("part", "id")),
                invoices=invoices.ids,
            )
        )
        days = dict(rows)
        found = {order: [days[move.id] for move in order.invoice_ids if move.id in days] for order in self}
        return {order: max(dates) for order, dates in found.items() if dates}
