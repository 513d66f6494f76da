"""The files of the checkout, and how a finding in them is told."""

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def files(*patterns: str) -> list[str]:
    """Paths of tracked and new files below the top; with patterns, those that one of them matches from the start."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    present = sorted({path for path in listed if (TOP / path).is_file()})
    return [path for path in present if not patterns or any(re.match(pattern, path) for pattern in patterns)]


def product() -> list[str]:
    """The Swift files that ship, and the sample API."""
    found = files(r"(Shared|Services|deploy)/.*\.swift$")
    assert found, "no source was found: the walls would guard nothing"
    return found


def lines(path: str):
    """Numbered lines of a file."""
    return enumerate((TOP / path).read_text().splitlines(), 1)


def grep(pattern: str, paths: list[str], flags: int = 0) -> list[str]:
    """Findings as `path:line: text`."""
    wanted = re.compile(pattern, flags)
    return [f"{path}:{number}: {line.strip()}" for path in paths for number, line in lines(path) if wanted.search(line)]


def imports(path: str) -> set[str]:
    """The modules that a Swift file imports."""
    pattern = r"^(?:@\w+ )?(?:public |package |internal |private |fileprivate )?import (?:struct |class |enum |func )?(\w+)"
    return {match[1] for _, line in lines(path) if (match := re.match(pattern, line))}
