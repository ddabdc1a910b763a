"""Nothing that a command starts may outlive it."""

import os
import socket
import subprocess
import sys
import time

import pytest

from tools.console import Failure
from tools.processes import run, service, wait_until
from tools.serving import is_taken

CHILD_WITH_GRANDCHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def grandchild(log) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if log.read_text().strip():
            return int(log.read_text())
        time.sleep(0.05)
    raise AssertionError("the child did not start")


def test_a_service_and_its_children_end_with_the_block(tmp_path):
    log = tmp_path / "log"
    with service([sys.executable, "-c", CHILD_WITH_GRANDCHILD], log=log, name="x") as process:
        pid = grandchild(log)
        assert alive(pid)
    assert gone(process.pid) and gone(pid)


def test_they_end_when_the_block_fails(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(KeyboardInterrupt):
        with service([sys.executable, "-c", CHILD_WITH_GRANDCHILD], log=log, name="x"):
            pid = grandchild(log)
            raise KeyboardInterrupt
    assert gone(pid)


def test_a_service_that_stops_by_itself_is_told_with_its_output(tmp_path):
    code = "print('no room on the disk'); raise SystemExit(3)"
    with service([sys.executable, "-c", code], log=tmp_path / "log", name="The printer") as process:
        with pytest.raises(Failure, match=r"The printer stopped by itself \(exit status 3\)[\s\S]*no room"):
            wait_until(lambda: False, process, 10, "Printing")


def test_a_failed_step_shows_what_it_printed():
    with pytest.raises(Failure, match=r"Counting failed \(exit status 2\)[\s\S]*one too many"):
        run([sys.executable, "-c", "print('one too many'); raise SystemExit(2)"], what="Counting")


def test_a_killed_command_takes_its_services_along(tmp_path):
    script = f"""
import sys, time
from pathlib import Path
from tools.processes import service
command = [sys.executable, "-c", "import time; time.sleep(600)"]
with service(command, log=Path({str(tmp_path / "log")!r}), name="x") as it:
    print(it.pid, flush=True)
    time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(pid)


def test_a_taken_port_is_noticed():
    with socket.socket() as program:
        program.bind(("127.0.0.1", 0))
        port = program.getsockname()[1]
        assert not is_taken(port)
        program.listen()
        assert is_taken(port)
