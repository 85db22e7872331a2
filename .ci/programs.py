"""Brings the programs that the tests need beside Python: a Chromium and PostgreSQL's server.

    .venv/bin/python .ci/programs.py [chromium] [postgresql]

What is there is used. Otherwise Playwright downloads its Chromium, and the system's package manager is asked
where this runs as root on a system with apt. Where neither works, the line to type is printed and the exit
code is 1: no test is left out in silence.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.programs import chromium_starts, postgresql_folder

APT = ("apt-get", "install", "-y", "--no-install-recommends")


def run(*command: str, quiet: bool = True) -> bool:
    """Runs ``command``; whether it succeeded. Its output goes to nobody unless it is asked for."""
    print(f"  {' '.join(command)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, check=False, stdout=output, stderr=output, env=environment).returncode == 0


def apt_install(*packages: str) -> bool:
    """Installs Debian packages where this process may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return run(*APT, *packages) or (run("apt-get", "update") and run(*APT, *packages, quiet=False))


def bring_chromium() -> bool:
    """Whether a Chromium starts here, after trying to bring one."""
    if chromium_starts():
        return True
    print("The browser tests need a Chromium; bringing one:")
    if run(sys.executable, "-m", "playwright", "install", "chromium") and chromium_starts():
        return True
    return apt_install("chromium") and chromium_starts()


def bring_postgresql() -> bool:
    """Whether PostgreSQL's server programs are here, after trying to bring them."""
    if postgresql_folder():
        return True
    print("The database tests need PostgreSQL's server programs; bringing them:")
    no_cluster = Path("/etc/postgresql-common/createcluster.d/creason.conf")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        no_cluster.parent.mkdir(parents=True, exist_ok=True)
        no_cluster.write_text("create_main_cluster = false\n", encoding="utf-8")
    return apt_install("postgresql") and postgresql_folder() is not None


PROGRAMS = {
    "chromium": (
        bring_chromium,
        ".venv/bin/playwright install --with-deps chromium",
    ),
    "postgresql": (bring_postgresql, "sudo apt-get install postgresql"),
}


def main(names: Sequence[str]) -> int:
    """Brings the programs ``names`` (all of them when empty); 0 when each is there."""
    missing = [name for name in names or PROGRAMS if not PROGRAMS[name][0]()]
    for name in missing:
        print(f"{name} is missing and could not be brought. Type: {PROGRAMS[name][1]}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
