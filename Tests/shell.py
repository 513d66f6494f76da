"""The functions of `deploy/local/lib`, as `up` and `down` call them."""

import os
import subprocess

from house import TOP


def shell(command: str, run) -> str:
    script = f"set -euo pipefail; source deploy/local/lib/all.sh; recall_options; {command}"
    ended = subprocess.run(["bash", "-c", script], cwd=TOP, env={**os.environ, "GATEHOUSE_RUN": str(run)}, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
