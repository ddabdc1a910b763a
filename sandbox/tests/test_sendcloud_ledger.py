"""The ledger of labels tells the truth, whatever is announced, repeated, refused, cancelled and scanned."""

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.sendcloud.errors import Refused
from sandbox.sendcloud.state import Sendcloud
from sandbox.sendcloud.statuses import CANCELLED, CANCELLING, FINAL, STATUSES
from sandbox.tests.merchant import shipment

OPTIONS = ("postnl:standard", "sendcloud:letter", "dpd:home", "bpost:parcel")
NONSENSE = {"postal_code": "nonsense"}


def account():
    return Sendcloud(
        SimpleNamespace(
            seed=1,
            base_url="http://127.0.0.1:1/w1",
            clock=Clock(),
            ids=Ids(1),
            webhooks=SimpleNamespace(send=lambda *_args, **_kwargs: None),
        )
    )


steps = st.one_of(
    st.tuples(
        st.just("announce"),
        st.integers(0, 6),
        st.sampled_from(OPTIONS),
        st.sampled_from([{}, {}, {}, NONSENSE, {"city": ""}]),
        st.booleans(),
        st.integers(1, 3),
    ),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
    st.tuples(st.just("scan"), st.sampled_from(["in_transit", "delivered", "exception"])),
    st.tuples(st.just("wait"), st.integers(0, 5)),
    st.tuples(st.just("carrier"), st.sampled_from(["auto", "manual", "refuse"])),
)


def act(sendcloud, step):
    what, *values = step
    if what == "announce":
        number, option, to, synchronous, count = values
        body = shipment(option, f"r{number}", weights=("0.5",) * count, to=to)
        sendcloud.announce(body, synchronous)
    elif what == "cancel" and sendcloud.shipments:
        chosen = list(sendcloud.shipments.values())
        sendcloud.cancel(chosen[values[0] % len(chosen)])
    elif what == "scan":
        sendcloud.scan(values[0])
    elif what == "wait":
        sendcloud.world.clock.advance(values[0])
        sendcloud.tick()
    elif what == "carrier":
        sendcloud.options["cancellation"] = values[0]


def check(sendcloud):
    sold = {row["shipment_id"]: row for row in sendcloud.ledger}
    assert len(sold) == len(sendcloud.ledger)
    references = [item.external_reference_id for item in sendcloud.shipments.values()]
    assert len(references) == len(set(references))
    for item in sendcloud.shipments.values():
        states = {parcel.status for parcel in item.parcels}
        bought = all(parcel.tracking_number for parcel in item.parcels)
        # Labels are sold for all parcels of a shipment or for none, and told in the ledger exactly then.
        assert bought == any(parcel.tracking_number for parcel in item.parcels) == (item.id in sold)
        assert (states == {"ANNOUNCEMENT_FAILED"}) <= (not bought)
        if bought:
            row = sold[item.id]
            assert row["tracking_numbers"] == [parcel.tracking_number for parcel in item.parcels]
            assert row["cancelled"] == (states <= CANCELLED)
        for parcel in item.parcels:
            assert parcel.history[-1][0] == parcel.status
            seen = [code for code, _when, _text in parcel.history]
            ends = [code for code in seen if code in FINAL]
            assert len(ends) <= 1 or ends == ["ANNOUNCEMENT_FAILED", "CANCELLED"]
    numbers = [number for row in sendcloud.ledger for number in row["tracking_numbers"]]
    assert len(numbers) == len(set(numbers))


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(steps, min_size=1, max_size=40))
def test_labels_sold_are_the_shipments_that_were_announced(story):
    sendcloud = account()
    for step in story:
        try:
            act(sendcloud, step)
        except Refused as refused:
            assert refused.status in (400, 409)
        check(sendcloud)
    sendcloud.tick(everything=True)
    check(sendcloud)
    left = {parcel.status for parcel, _shipment in sendcloud.parcels.values()}
    assert not left & (CANCELLING | {"ANNOUNCING"})
    assert left <= set(STATUSES)
