import logging
from functools import partial

from psycopg2 import OperationalError

from odoo import models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.batches import all_or_each
from ...o2c_base.words import in_words

_logger = logging.getLogger(__name__)


def _let_out(error):
    raise error


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_in_batch(self, method, kind, *arguments, key="step"):
        """Run a step for all these orders at once; if that fails, find the culprit and do the others.

        :return: the orders for which the step succeeded.
        """

        def work(orders):
            orders = self.browse().union(*orders)
            getattr(orders, method)(*arguments)
            return orders

        def failed(order, error):
            order._shopify_alone(kind, key, partial(_let_out, error))

        done = self.browse().union(*all_or_each(self.env.cr, self, work, failed))
        self.env["o2c.issue"]._clear(done, kind, key)
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
