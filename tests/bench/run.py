"""Measures what people wait for, and prints each figure beside its goal: ``make bench``.

    .venv/bin/python -m tests.bench.run [--json] [--only PART ...]

Figures belong to the machine and the releases printed with them. A goal that is not met is said to be not met;
the exit code is 0 all the same, because a slow machine is not a fault of the program; it is 1 where a part broke off.
"""

import argparse
import importlib
import os
import sys
import time
import traceback

from tests.bench.figures import Figure, as_json, header, machine

PARTS = {
    "start": "tests.bench.start_bench",
    "pages": "tests.bench.page_bench",
    "sessions": "tests.bench.session_bench",
    "scan": "tests.bench.scan_bench",
    "saves": "tests.bench.saves_bench",
    "postgres": "tests.bench.postgres_bench",
    "crowd": "tests.bench.crowd_bench",
    "audience": "tests.bench.audience_bench",
    "engines": "tests.bench.engines_bench",
    "runtimes": "tests.bench.runtimes_bench",
    "precision": "tests.bench.precision_bench",
    "import": "tests.bench.import_bench",
    "upload": "tests.bench.upload_bench",
    "questions": "tests.bench.questions_bench",
    "information": "tests.bench.mi_bench",
    "evaluate": "tests.bench.evaluate_bench",
    "library": "tests.bench.library_bench",
}


def main() -> int:
    """Runs the parts asked for."""
    parser = argparse.ArgumentParser(description="Measure C-Reason on this machine.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="measure only these parts")
    wanted = parser.parse_args()
    if not wanted.json:
        print("\n".join(f"{name}: {said}" for name, said in machine().items()))
        print(f"\n{header()}")
    figures: list[Figure] = []
    broken: list[str] = []
    for part in wanted.only:
        began = time.monotonic()
        try:
            for found in importlib.import_module(PARTS[part]).measure():
                figures.append(found)
                if not wanted.json:
                    print(found.row(), flush=True)
        except Exception:  # noqa: BLE001 - the other parts are measured all the same
            traceback.print_exc()
            broken.append(part)
        if not wanted.json:
            seconds, load = time.monotonic() - began, os.getloadavg()[0]
            print(f"    ({part}: {seconds:.0f} s, load now {load:.1f})", flush=True)
    if wanted.json:
        print(as_json(figures))
    if broken:
        sys.stderr.write(f"Not measured to the end: {', '.join(broken)}; the reasons stand above.\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
