"""A private PostgreSQL cluster in a temporary folder, gone when the tests end."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.programs import postgresql_folder

MISSING = "The database tests need PostgreSQL's server programs. Type: sudo apt-get install -y postgresql"


class Cluster:
    """A running server. It refuses root, so as root it runs as the user nobody.

    Without ``durable`` it never waits for the disk: the tests kill connections and processes, never the machine. Nor
    does it vacuum: with a database a test it would start a process for one of them several times a second.
    """

    def __init__(self, *, durable: bool = False) -> None:
        programs = postgresql_folder()
        if programs is None:
            pytest.fail(MISSING)
        user = "nobody" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="creason-pg-"))
        self.port = free_port()
        if user:
            shutil.chown(self.folder, "nobody")
        data = str(self.folder / "data")
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "creason", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=user,
        )
        options = ["-k", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        options += [] if durable else ["-F", "-c", "autovacuum=off"]
        self._log = (self.folder / "log").open("w")
        self._server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
            user=user,
        )
        self._wait()

    def url(self, database: str) -> str:
        return f"postgresql://creason@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Makes an empty database, or a copy of ``template``; its URL."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """Runs one statement as the cluster's owner."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def kill_connections(self, database: str) -> int:
        """Ends every connection to ``database`` from the server's side; how many."""
        query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        return len(self.execute(query))

    def close(self) -> None:
        self._server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        self._server.wait(30)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._server.poll() is not None:
                    pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
                time.sleep(0.1)
            else:
                return


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
