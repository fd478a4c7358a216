"""A PostgreSQL, a Daphne and a worker of their own, in a process of their own, for tests that stop servers.

Run by the fixture `stage`: prints one line of JSON when all is ready, then obeys one word a line until standard input
ends: `stop` (at once, as in a crash) and `start` PostgreSQL, `kill` Daphne three times under answers,
`worker`: its exit status, null while it lives.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench import kills
from bench.cast import seat_members
from bench.stack import Postgres, daphne, open_stack, worker


def main(folder: Path) -> None:
    """Set the stage and wait for orders."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_stack("stage", folder) as stack:
        sitters = seat_members(40)
        postgres = Postgres(folder)
        with daphne(stack) as web, worker(stack) as grader:
            ready = {"port": web.port, "database": stack.database, "sitters": [sitter.as_dict() for sitter in sitters]}
            print(json.dumps(ready), flush=True)
            orders = {
                "stop": postgres.crash,
                "start": postgres.start,
                "worker": grader.poll,
                "kill": lambda: kills.audited_trial(web, 3),
            }
            for line in sys.stdin:
                print(json.dumps(orders[line.strip()]()), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
