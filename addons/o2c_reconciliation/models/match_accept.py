from collections import Counter
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..lib.matching import Match
from .match_engine import CHUNK


class O2cMatchAccept(models.AbstractModel):
    """Applying what a person decided: one match with all its particulars, or many of one kind at once."""

    _name = "o2c.match.accept"
    _description = "Acceptance of Matches"

    def _accept(self, write_off=None, split=None):
        """Apply proposals as the user decided; all of them or, by an exception, none.

        :param write_off: reconciliation model on whose accounts the difference is booked
        :param split: how the bank line of a single match is divided, see `_Posting._add_parts`
        """
        if any(match.state != "proposed" for match in self):
            raise UserError(self.env._("Only a proposal can be accepted."))
        for start in range(0, len(self), CHUNK):
            chunk = self[start : start + CHUNK]
            wanted = [match._as_decided() for match in chunk]
            if chunk.item_ids.filtered("reconciled") or len(
                chunk._post(chunk.run_id[:1], wanted, by_hand=True, write_off=write_off, split=split)
            ) != len(chunk):
                raise UserError(
                    self.env._(
                        "The bank line or its counterpart was matched meanwhile. "
                        "Match again to see what is left."
                    )
                )
            chunk._give_up_claims()

    def _give_up_claims(self):
        """Other lines no longer have a claim on what was applied: look for what else they may pay."""
        stale = self.search([("state", "=", "proposed"), ("item_ids", "in", self.item_ids.ids)])
        lines = stale.line_ids
        stale.unlink()
        self.env["o2c.match"]._enqueue(lines)

    def _accept_many(self):
        """Apply the proposals on which nothing else of them has a claim; the others stay proposed.

        :return: those that were applied
        """
        claims = Counter()
        for match in self:
            claims.update(("line", line_id) for line_id in match.line_ids.ids)
            claims.update(("item", item_id) for item_id in match.item_ids.ids)
        clear = self.filtered(
            lambda match: (
                all(claims["line", line_id] == 1 for line_id in match.line_ids.ids)
                and all(claims["item", item_id] == 1 for item_id in match.item_ids.ids)
                and not match.item_ids.filtered("reconciled")
            )
        )
        clear._accept()
        return clear

    def _as_decided(self):
        """This proposal as a match of the library that is to be posted."""
        self.ensure_one()
        return Match(
            lines=tuple(self.line_ids.ids),
            items=tuple(self.item_ids.ids),
            rule=self.model_id.id or 0,
            strategy=self.strategy,
            explanation=self.explanation,
            residual=Decimal(str(self.residual)),
            confidence=self.confidence,
            posts=True,
        )
