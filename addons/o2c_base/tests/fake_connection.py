"""A connection to a platform that does not exist, to test what all connections share."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry

from ..lib.errors import AuthenticationError


class FakeConnection(models.Model):
    _name = "o2c.fake.connection"
    _inherit = ["o2c.connection.mixin", "mail.thread"]
    _description = "Fake Connection"
    _module = "o2c_base"

    _o2c_platform = "fake"
    _o2c_secret_fields = ("secret_key",)

    public_key = fields.Char()
    secret_key = fields.Char(groups="base.group_system", copy=False)
    retried = fields.Integer()

    def _test_connection(self):
        if self.secret_key != "right":
            raise AuthenticationError("The fake platform does not accept the key. Enter it again.")
        return f"Connected to {self.name}."

    def _process_inbox(self):
        events = self.env["o2c.inbox.event"]._take_new(self)
        for event in events:
            if event.topic == "explode":
                raise ZeroDivisionError("a bug")
        events._mark("done")

    def _o2c_retry_it(self):
        self.retried += 1


def register_fake_connection(cls):
    """Add the model to the registry for the tests of ``cls``; its table goes with the rollback."""
    add_to_registry(cls.registry, FakeConnection)
    cls.registry._setup_models__(cls.env.cr, [FakeConnection._name])
    cls.registry.init_models(cls.env.cr, [FakeConnection._name], {"models_to_check": True})

    def remove():
        parents = [cls.registry[name] for name in ("o2c.connection.mixin", "mail.thread", "base")]
        for parent in parents:
            parent._inherit_children.discard(FakeConnection._name)
        del cls.registry[FakeConnection._name]
        cls.registry._setup_models__(cls.env.cr, [])

    cls.addClassCleanup(remove)
    model = cls.env["ir.model"]._get(FakeConnection._name)
    cls.env["ir.model.access"].create(
        {
            "name": "fake connection manager",
            "model_id": model.id,
            "group_id": cls.env.ref("o2c_base.group_manager").id,
            "perm_read": True,
            "perm_write": True,
            "perm_create": True,
            "perm_unlink": True,
        }
    )
