from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.certain import CERTAIN
from .match_accept import AT_ONCE


class O2cBankLineAlike(models.AbstractModel):
    """Accepting what one rule is sure of, for many bank lines at once.

    Of one kind are lines for which the rule would post the proposal, were it automated: it is the line's only
    one and leaves nothing, the rule is certain, nothing else claims its items, and nobody has taken anything
    from the line. A proposal for several lines together is looked at by itself.
    """

    _name = "o2c.bank.line.alike"
    _description = "Bank Lines of One Kind"

    def _o2c_alike(self, domain):
        """(at most 1,000 lines of the domain that are of this one's kind, whether there are more)"""
        self.ensure_one()
        alike = self._o2c_alike_domain()
        if alike.is_false() or not self.search_count(alike & Domain("id", "=", self.id)):
            return self.browse(), False
        lines = self.search(Domain(domain) & alike, limit=AT_ONCE + 1)
        return lines[:AT_ONCE], len(lines) > AT_ONCE

    def _o2c_alike_domain(self):
        """Lines whose one proposal this line's rule is as certain of as of this line's."""
        self.ensure_one()
        best = self._o2c_best_proposal()
        if self.o2c_match_state != "proposed" or not best.model_id or best.strategy not in CERTAIN:
            return Domain.FALSE
        certain = Domain(
            [
                ("state", "=", "proposed"),
                ("model_id", "=", best.model_id.id),
                ("strategy", "=", best.strategy),
                ("residual", "=", 0),
                ("confidence", ">=", CERTAIN[best.strategy]),
            ]
        )
        return (
            Domain("o2c_match_state", "=", "proposed")
            & Domain("o2c_model_id", "=", best.model_id.id)
            & Domain("o2c_match_ids", "any", certain)
            & Domain("o2c_match_ids", "not any", [("state", "=", "undone")])
            & Domain.custom(to_sql=self._o2c_uncontested)
        )

    @staticmethod
    def _o2c_uncontested(_model, alias, _query):
        """Lines with one proposal, which is for no other line, and whose items no other proposal claims."""
        return SQL(
            """
            (SELECT COUNT(*)
               FROM o2c_match_bank_line_rel own
               JOIN o2c_match proposal ON proposal.id = own.match_id AND proposal.state = 'proposed'
              WHERE own.line_id = %(line)s) = 1
            AND NOT EXISTS (
                SELECT FROM o2c_match_bank_line_rel own
                  JOIN o2c_match proposal ON proposal.id = own.match_id AND proposal.state = 'proposed'
             LEFT JOIN o2c_match_bank_line_rel other
                       ON other.match_id = proposal.id AND other.line_id != own.line_id
             LEFT JOIN o2c_match_item_rel item ON item.match_id = proposal.id
             LEFT JOIN o2c_match_item_rel claimed
                       ON claimed.item_id = item.item_id AND claimed.match_id != proposal.id
             LEFT JOIN o2c_match claim ON claim.id = claimed.match_id AND claim.state = 'proposed'
             LEFT JOIN o2c_match_item_rel second
                       ON second.match_id = proposal.id AND second.item_id != item.item_id
                      AND proposal.strategy = 'platform_chargeback'
                 WHERE own.line_id = %(line)s
                   AND (other.line_id IS NOT NULL OR claim.id IS NOT NULL OR second.item_id IS NOT NULL))
            """,
            line=SQL.identifier(alias, "id"),
        )

    def action_o2c_accept_alike(self, domain, expected_ids=None):
        """Accept the proposals of the lines in the domain that are of the same kind as this line's.

        :param expected_ids: the lines that the user was told of; should one of them be of this kind no
            more, nothing is accepted
        """
        self._o2c_check_accountant()
        if expected_ids is None:
            lines, _more = self._o2c_alike(domain)
        else:
            lines, _more = self._o2c_alike([("id", "in", expected_ids)])
            if set(lines.ids) != set(expected_ids):
                raise UserError(
                    self.env._(
                        "Some of the %s bank lines were changed meanwhile, so none was matched. "
                        "Look at the number and accept them again.",
                        len(expected_ids),
                    )
                )
        # Posting writes on entries for which Community's accountants lack a (hidden) group.
        proposals = self.env["o2c.match"].union(*[line._o2c_best_proposal() for line in lines])
        return proposals._tell_left(proposals.sudo()._accept_many(exact=True))
