"""Figures, the goals they are held against, and how both are printed."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    :ivar value: in `unit` (`x` is a ratio)
    :ivar at_most, at_least: the goal; without either it is told for information
    :ivar note: how it came about
    """

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    def __str__(self) -> str:
        text = f"  {self.what}: {number(self.value)} {self.unit}".rstrip()
        if self.holds is not None:
            goal = f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"
            text += f"  [{goal}: {'holds' if self.holds else 'MISSED'}]"
        return f"{text}\n      {self.note}" if self.note else text


def number(value: float) -> str:
    """Three digits that count; large and whole numbers as they are."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


@dataclass
class Report:
    """The figures of one bench, printed as they come."""

    name: str
    figures: list[Figure] = field(default_factory=list)

    def tell(self, what: str, value: float, unit: str = "", **more) -> None:
        """Print a figure and keep it; `more` as in :class:`Figure`."""
        figure = Figure(what, float(value), unit, **more)
        self.figures.append(figure)
        print(figure, flush=True)

    def save(self, path: Path) -> None:
        rows = [{**asdict(figure), "holds": figure.holds} for figure in self.figures]
        path.write_text(json.dumps({"bench": self.name, "figures": rows}, indent=1, ensure_ascii=False))
