"""The protocol of replicas as a model: it holds, and each of its near misses is found (Tests/Faults/model)."""

import re
import shutil
import subprocess

import pytest
from tree import TOP


@pytest.mark.skipif(not shutil.which("spin"), reason="spin is not installed")
def test_the_model_holds_and_finds_its_near_misses():
    ended = subprocess.run([TOP / "Tests/Faults/model/check"], capture_output=True, text=True, timeout=1200)
    verdicts = re.findall(r"^mutant (\d): (\S+)", ended.stdout, re.M)
    assert verdicts == [("0", "holds"), *((str(number), "found") for number in range(1, 9))], ended.stdout
    assert ended.returncode == 0


def test_each_near_miss_is_a_patch_that_fits():
    patches = sorted((TOP / "Tests/Faults/mutants").glob("*.patch"))
    assert [patch.name[0] for patch in patches] == [str(number) for number in range(1, 9)]
    for patch in patches:
        fits = subprocess.run(["git", "apply", "--check", str(patch)], cwd=TOP, capture_output=True, text=True)
        assert fits.returncode == 0, f"{patch.name}: {fits.stderr}"
