import logging

from psycopg2 import OperationalError

from odoo import models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.words import in_words

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_in_batch(self, method, kind, *arguments, key="step"):
        """Run a step for all these orders at once; if that fails, find the culprit and do the others.

        :return: the orders for which the step succeeded.
        """
        if not self:
            return self
        issues = self.env["o2c.issue"]
        try:
            with self.env.cr.savepoint():
                getattr(self, method)(*arguments)
            issues._clear(self, kind, key)
            return self
        except (OperationalError, RetryableJobError):
            # The database, or somebody else's work, asks to start over; the job does that.
            raise
        except Exception:
            if len(self) > 1:
                _logger.info("%s failed for a batch, going on one by one", method, exc_info=True)
        done = self.browse()
        for order in self:
            if order._shopify_alone(kind, key, lambda order=order: getattr(order, method)(*arguments)):
                done |= order
        return done

    def _shopify_alone(self, kind, key, step):
        """Run a step for one order, so that whatever goes wrong stays with this order.

        :param step: a callable without arguments.
        :return: whether it succeeded.
        """
        self.ensure_one()
        issues = self.env["o2c.issue"]
        try:
            with issues._guard(self, kind, key=key, retry="_o2c_retry_shopify") as outcome:
                step()
            return outcome.ok
        except (OperationalError, RetryableJobError):
            raise
        except Exception as error:
            _logger.exception("A step failed for order %s", self.id)
            issues._report(
                self,
                kind,
                self.env._(
                    "Order %(name)s could not go on: %(reason)s. Retry; if it happens again, "
                    "show the details to your administrator.",
                    name=self.shopify_name,
                    reason=in_words(self.env, error),
                ),
                key=key,
                detail=repr(error),
                retry="_o2c_retry_shopify",
            )
            return False
