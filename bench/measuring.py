"""Time, processor time and queries of a piece of work in Odoo, for several contestants in turn."""

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """What one piece of work took.

    :ivar seconds: by the clock
    :ivar cpu: seconds of processor time, of this process and of its PostgreSQL process; on a machine that
        is busy with other things this is the fairer figure
    :ivar queries: statements sent to PostgreSQL
    """

    seconds: float
    cpu: float
    queries: int


def measure(env, work: Callable[[], object]) -> Sample:
    """Do the work, up to and with its commit."""
    env.cr.commit()
    env.invalidate_all()
    gc.collect()
    queries, cpu, started = env.cr.sql_log_count, _cpu(env.cr), time.perf_counter()
    work()
    env.flush_all()
    used = env.cr.sql_log_count - queries
    env.cr.commit()
    return Sample(time.perf_counter() - started, _cpu(env.cr) - cpu, used)


def end_job(env) -> None:
    """Save, and forget all records: the next job has a transaction of its own and has read nothing yet."""
    env.cr.commit()
    env.invalidate_all()


def _cpu(cr) -> float:
    return time.process_time() + _backend_cpu(cr._cnx.info.backend_pid)


def _backend_cpu(pid: int) -> float:
    """Processor time of PostgreSQL's process for our connection; 0 where it is on another machine."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    name, _bracket, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return (int(fields[11]) + int(fields[12])) / TICKS if name == "postgres" else 0.0


def growth(work: Callable[[], object]) -> float:
    """MB by which the memory of this process grows, at its peak, while the work is done (Linux).

    Memory that an earlier piece of work has left behind is used again and not counted: measure the larger
    piece first, or mind that.
    """
    gc.collect()
    before = _memory("VmRSS")
    # https://www.kernel.org/doc/html/latest/filesystems/proc.html: 5 sets the peak to the present value.
    Path("/proc/self/clear_refs").write_text("5")
    work()
    return _memory("VmHWM") - before


def _memory(name: str) -> float:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1]) / 1024


@dataclass(frozen=True)
class Contestant:
    """Somebody's way to do the work.

    :ivar prepare: called before each round, not measured; returns the work
    """

    env: object
    prepare: Callable[[], Callable[[], object]]


def compete(contestants: dict[str, Contestant], rounds: int) -> dict[str, list[Sample]]:
    """Let them work in turn, every other round in reverse, so that nobody is always first."""
    samples = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants.items())
        for name, contestant in reversed(order) if number % 2 else order:
            work = contestant.prepare()
            analyze(contestant.env)
            samples[name].append(measure(contestant.env, work))
            sample = samples[name][-1]
            print(
                f"    {name}: {sample.seconds:.1f} s, processor {sample.cpu:.1f} s",
                file=sys.stderr,
                flush=True,
            )
    return samples


def analyze(env) -> None:
    """Give the planner its figures, as autovacuum would have done by then; without them it guesses.

    Saved at once: some catalogues belong to all databases, and the other contestant would wait for them.
    """
    env.cr.execute("ANALYZE")
    env.cr.commit()


def ratio(ours: list[Sample], theirs: list[Sample], what: str = "seconds") -> float:
    """Median over the rounds of ours divided by theirs, of `seconds`, `cpu` or `queries`."""
    pairs = zip(ours, theirs, strict=True)
    return median(getattr(our, what) / (getattr(their, what) or 1e-9) for our, their in pairs)


def versus(ours: list[Sample], theirs: list[Sample], count: int) -> str:
    """The figures behind a ratio, for `count` things of work: clock, processor time, queries for each."""
    first, second = middle(ours), middle(theirs)
    return (
        f"median of {len(ours)}: {first.seconds:.2f} s against {second.seconds:.2f} s; "
        f"processor {ratio(ours, theirs, 'cpu'):.2f} x; "
        f"queries for each {first.queries / count:.1f} against {second.queries / count:.1f}"
    )


def middle(samples: list[Sample]) -> Sample:
    """The sample of median duration."""
    return sorted(samples, key=lambda sample: sample.seconds)[len(samples) // 2]
