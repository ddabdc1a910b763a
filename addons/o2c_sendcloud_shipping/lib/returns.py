"""Returns at Sendcloud, which have no reference that makes a repeated purchase harmless."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...o2c_base.lib.http import UnexpectedShape
from ...o2c_base.lib.text import texts_of

_lt = texts_of(__name__)

_PARCEL = re.compile(r"/parcels/(\d+)/documents/")


@dataclass(frozen=True)
class RemoteReturn:
    """``id`` and ``parcel_id`` may be empty: the list of returns is not obliged to tell them."""

    id: str
    parcel_id: str
    external_reference: str
    order_number: str
    tracking_number: str
    tracking_url: str
    status_code: str
    status_message: str
    changed_at: str


def read_return(data: dict) -> RemoteReturn:
    """Raises ``UnexpectedShape`` when there is no return in the answer."""
    if not isinstance(data, dict) or not (data.get("label_url") or data.get("status_history")):
        raise UnexpectedShape(_lt("Sendcloud's answer holds no return."))
    found = _PARCEL.search(str(data.get("label_url") or ""))
    history = [entry for entry in data.get("status_history") or () if isinstance(entry, dict)]
    # Several things may happen in one second; what is told last counts.
    newest = max(
        enumerate(history),
        key=lambda entry: (str(entry[1].get("carrier_update_timestamp") or ""), entry[0]),
        default=(0, {}),
    )[1]
    return RemoteReturn(
        id=str(data.get("id") or ""),
        parcel_id=found[1] if found else "",
        external_reference=str(data.get("external_reference") or ""),
        order_number=str(data.get("order_number") or ""),
        tracking_number=str(data.get("tracking_number") or ""),
        tracking_url=str(data.get("tracking_url") or ""),
        status_code=str(newest.get("parent_status") or "").upper().replace("-", "_"),
        status_message=str(newest.get("carrier_message") or ""),
        changed_at=str(newest.get("carrier_update_timestamp") or ""),
    )


def read_returns(data) -> tuple[RemoteReturn, ...]:
    if not isinstance(data, list):
        raise UnexpectedShape(_lt("Sendcloud's answer holds no list of returns."))
    return tuple(read_return(entry) for entry in data)


def find_ours(
    returns: Iterable[RemoteReturn], reference: str, order_number: str
) -> tuple[RemoteReturn | None, bool]:
    """``(return, doubtful)``: the one that carries our reference, else whether one might be ours.

    Where Sendcloud does not tell references, a return of the same order may be the one that we asked
    for or another one: only a person can say.
    """
    returns = list(returns)
    ours = next((one for one in returns if one.external_reference == reference), None)
    if ours:
        return ours, False
    doubtful = any(
        not one.external_reference and order_number and one.order_number == order_number for one in returns
    )
    return None, doubtful
