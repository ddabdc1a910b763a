import uuid

from odoo.tests import TransactionCase, tagged

from ..lib.pace import WRITES_AT_ONCE, WRITES_PER_MINUTE


@tagged("post_install", "-at_install")
class TestBudget(TransactionCase):
    def setUp(self):
        super().setUp()
        self.public_key = str(uuid.uuid4())
        # What was booked is committed at once; take it away again in the same manner.
        self.addCleanup(self.forget)

    def worker(self, public_key=None):
        """The budget as another Odoo process sees it: nothing is shared but the database."""
        return self.env["o2c.sendcloud.budget"]._of(public_key or self.public_key)

    def forget(self):
        keys = [self.worker()._key, self.worker(f"{self.public_key}-other")._key]
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM o2c_sendcloud_budget WHERE key = ANY(%s)", [keys])

    def test_all_processes_share_one_budget(self):
        waits = [self.worker().reserve(60)[0] for _write in range(WRITES_AT_ONCE + 10)]
        self.assertEqual(waits[:WRITES_AT_ONCE], [0.0] * WRITES_AT_ONCE)
        # Ten more than may leave at once: the last one waits for all of them.
        self.assertAlmostEqual(waits[-1], 10 * 60 / WRITES_PER_MINUTE, delta=1.0)
        self.assertEqual(self.worker(f"{self.public_key}-other").reserve(60), (0.0, True))

    def test_a_refusal_by_sendcloud_holds_everybody_back(self):
        self.worker().hold(12)
        wait, booked = self.worker().reserve(patience=2)
        self.assertGreater(wait, 10)
        self.assertFalse(booked)
        self.assertAlmostEqual(self.worker().reserve(patience=60)[0], wait, delta=1.0)
