"""One interrupt ends what several threads started, and what they were about to start."""

import sys
import threading
import time

import pytest

from tools.children import Children

CLEANS_UP = """
import pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text("started")
try:
    time.sleep(600)
finally:
    pathlib.Path(sys.argv[1]).write_text("cleaned up")
"""
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("started")
time.sleep(600)
"""


def start(children, code, file):
    """Run a child in a thread of its own; returns the thread once the child runs."""
    thread = threading.Thread(target=children.call, args=([sys.executable, "-c", code, file],))
    thread.start()
    deadline = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < deadline, "the child did not start"
        time.sleep(0.02)
    return thread


def test_the_exit_status_is_told():
    assert Children().call([sys.executable, "-c", "raise SystemExit(3)"]) == 3


def test_all_are_interrupted_and_clean_up(tmp_path):
    children = Children()
    files = [tmp_path / "one", tmp_path / "two"]
    threads = [start(children, CLEANS_UP, file) for file in files]
    children.end()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    assert [file.read_text() for file in files] == ["cleaned up", "cleaned up"]


def test_one_that_does_not_listen_is_ended_too(tmp_path):
    children = Children(patience=0.2)
    thread = start(children, STUBBORN, tmp_path / "file")
    children.end()
    thread.join(5)
    assert not thread.is_alive()


def test_nothing_starts_afterwards(tmp_path):
    children = Children()
    children.end()
    with pytest.raises(KeyboardInterrupt):
        children.call([sys.executable, "-c", CLEANS_UP, tmp_path / "file"])
    assert not (tmp_path / "file").exists()
