"""Child processes of several threads, which one interrupt ends together."""

import contextlib
import os
import signal
import subprocess
import threading

from .processes import die_with_parent, end


class Children:
    """Runs commands from any thread. After `end()` nothing runs any more and nothing new starts."""

    def __init__(self, patience: float = 20.0):
        """:param patience: seconds that a child has to clean up after an interrupt"""
        self._patience = patience
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen] = set()
        self._ended = False

    def call(self, arguments, **kwargs) -> int:
        """Run to the end and return the exit status; KeyboardInterrupt when everything was ended before."""
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        with self._lock:
            if self._ended:
                raise KeyboardInterrupt
            # A session of its own: the terminal's Ctrl-C reaches this program alone, which then ends them.
            process = subprocess.Popen(
                [str(item) for item in arguments],
                start_new_session=True,
                preexec_fn=die_with_parent,
                **kwargs,
            )
            self._running.add(process)
        try:
            return process.wait()
        finally:
            # An interrupted wait leaves the child to `end()`.
            if process.returncode is not None:
                with self._lock:
                    self._running.discard(process)

    def end(self) -> None:
        """Interrupt every child, so that it cleans up; then insist."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        for process in running:
            try:
                process.wait(self._patience)
            except subprocess.TimeoutExpired:
                end(process)
