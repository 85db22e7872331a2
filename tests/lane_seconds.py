"""Where the seconds of a run went: what each lane worked, and the units and files that took longest.

From this the order in ``tests/lanes.py`` is read: what takes longest begins first.
"""

from collections import Counter

import pytest

SHOWN = 40


class Seconds:
    """Adds up what the reports say, by lane and by file."""

    def __init__(self) -> None:
        self.lanes: Counter[str] = Counter()
        self.files: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for the setup, the call and the teardown of each test."""
        node = getattr(report, "node", None)
        self.lanes[node.gateway.id if node else "the only lane"] += report.duration  # type: ignore[assignment]
        self.files[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says it, where the slowest tests are asked for."""
        if not terminalreporter.config.option.durations:
            return
        terminalreporter.section(f"seconds of the lanes, and of the {SHOWN} longest files")
        for name, seconds in (*sorted(self.lanes.items()), *self.files.most_common(SHOWN)):
            terminalreporter.line(f"{seconds:.0f} s {name}")


def pytest_configure(config: pytest.Config) -> None:
    """Adds up where the reports arrive."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Seconds(), "seconds of the lanes")
