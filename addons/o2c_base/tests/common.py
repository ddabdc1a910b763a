"""Help for the tests of the connectors: real HTTP against the sandbox, and a job runner."""

import os
import traceback
from urllib.parse import urlsplit

import requests

from odoo.tests.common import TransactionCase, _super_send

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

from ..lib.endpoint import is_loopback

PLATFORMS = ("shopify", "mollie", "sendcloud")


class LoopbackMixin:
    """Lets HTTP through to this machine, with the time-outs that the code under test chose.

    Odoo blocks all other requests in tests, and would stretch short time-outs.
    """

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if is_loopback(urlsplit(r.url).hostname or ""):
            return _super_send(s, r, **kw)
        # Odoo compares the time-out with a number, and ours is a pair.
        return super()._request_handler(s, r, **{**kw, "timeout": None})


class JobsMixin:
    """Runs what was enqueued, in the transaction of the test."""

    def pending_jobs(self, channel="root.o2c"):
        """The jobs of ``channel`` and the channels below it that wait to be run."""
        return self.env["queue.job"].search(
            [("state", "=", "pending"), ("channel", "=like", f"{channel}%")],
            order="priority, date_created, id",
        )

    def run_jobs(self, *, channel="root.o2c", max_tries=5, raise_failures=True, postpone=False):
        """Run the waiting jobs and the jobs that those enqueue, whatever their start time.

        A job that asks to be retried is tried up to ``max_tries`` times; one that fails is
        marked as failed, as the real runner does.

        :param raise_failures: raise what made a job fail, so that the test sees it.
        :param postpone: leave a job that was tried ``max_tries`` times waiting, do not fail it.
        :return: how many jobs ended well.
        """
        done = 0
        tries = {}
        while jobs := self.pending_jobs(channel).filtered(
            lambda job: not postpone or tries.get(job.uuid, 0) < max_tries
        ):
            for uuid in jobs.mapped("uuid"):
                tries[uuid] = tries.get(uuid, 0) + 1
                may_wait = postpone or tries[uuid] < max_tries
                done += self._run_job(uuid, may_wait, raise_failures)
        return done

    def _run_job(self, uuid, may_wait, raise_failures):
        job = Job.load(self.env, uuid)
        # As with the real runner: a job that enqueues the like of itself is not taken for one that waits.
        job.set_started()
        job.store()
        try:
            with self.env.cr.savepoint():
                job.perform()
        except Exception as error:  # whatever a job raises makes it fail
            if isinstance(error, RetryableJobError) and may_wait:
                job.postpone(result=str(error), seconds=error.seconds)
                job.set_pending(reset_retry=False)
                job.store()
                return 0
            job.set_failed(
                exc_name=type(error).__name__,
                exc_message=str(error),
                exc_info=traceback.format_exc(),
            )
            job.store()
            if raise_failures:
                raise
            return 0
        job.set_done()
        job.store()
        self.env.flush_all()
        return 1


class SandboxCase(LoopbackMixin, JobsMixin, TransactionCase):
    """A test against a sandbox world of its own.

    The environment variable ``O2C_SANDBOX`` holds the sandbox's address; without it the class
    fails, for a test that does not run proves nothing.

    Class attributes: ``world_options`` (what the world begins with), ``base_url`` (of the
    world), ``credentials`` (by platform).
    """

    world_options = {"shop": "garden", "seed": 1}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = os.environ.get("O2C_SANDBOX")
        if not root:
            raise AssertionError(
                "O2C_SANDBOX is not set: run these tests with ./o2c test, which starts the sandbox"
            )
        cls.sandbox = root.rstrip("/")
        cls._control_session = requests.Session()
        cls._control_session.trust_env = False
        cls.addClassCleanup(cls._control_session.close)
        world = cls._call("POST", f"{cls.sandbox}/worlds", cls.world_options)
        cls.world = world["name"]
        cls.base_url = world["base_url"].rstrip("/")
        cls.addClassCleanup(cls._call, "DELETE", f"{cls.sandbox}/worlds/{cls.world}")
        parameters = cls.env["ir.config_parameter"]
        for platform in PLATFORMS:
            parameters.set_param(f"o2c.{platform}_endpoint", f"{cls.base_url}/{platform}")
        cls.credentials = cls.control("GET", "credentials")

    @classmethod
    def control(cls, method, path, json=None):
        """Call the control API of this world; return its answer.

        :raises AssertionError: when the sandbox refuses.
        """
        return cls._call(method, f"{cls.base_url}/control/{path.lstrip('/')}", json)

    @classmethod
    def _call(cls, method, url, json=None):
        answer = cls._control_session.request(method, url, json=json, timeout=60)
        if answer.status_code >= 400:
            raise AssertionError(f"{method} {url}: HTTP {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None
