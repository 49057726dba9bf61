"""What `make` says of itself."""

import os
import subprocess

from tools.settings import ROOT


def test_make_alone_lists_the_targets_in_a_line_each():
    outside_make = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    listed = subprocess.run(["make"], cwd=ROOT, env=outside_make, capture_output=True, text=True, timeout=60)
    lines = listed.stdout.strip().splitlines()
    assert listed.returncode == 0
    assert all(line.startswith("make ") for line in lines)
    assert {"run", "test", "shell", "train", "check"} <= {line.split()[1] for line in lines}
