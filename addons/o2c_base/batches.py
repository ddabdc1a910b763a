"""Work on many at once that one of them must not spoil."""

import logging

from psycopg2 import OperationalError

from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)


def all_or_each(cr, items, work, failed, *, start_over=lambda error: False):
    """Do ``work(items)`` for all in one go; if that fails, for each alone: only the culprit is left out.

    :param items: a list.
    :param failed: called with the item and the error when one fails alone.
    :param start_over: tells of an error whether the whole job is to begin again. The database's and other
        jobs' requests to do so are always heard.
    :return: the results of ``work``: one, or one for each item that went well.
    """
    if not items:
        return []
    try:
        with cr.savepoint():
            return [work(items)]
    except (OperationalError, RetryableJobError):
        raise
    except Exception as error:
        if start_over(error):
            raise
        _logger.info("A batch of %s failed", len(items), exc_info=True)
        if len(items) == 1:
            failed(items[0], error)
            return []
    return [
        result for item in items for result in all_or_each(cr, [item], work, failed, start_over=start_over)
    ]
