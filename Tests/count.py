"""Adds up the runners' reports to the one line `N passed, N failed, N skipped`; ends with 1 unless some passed and none failed."""

import sys
from pathlib import Path
from xml.etree import ElementTree

REPORTS = {
    "swift": "swift.xml",
    "walls": "WallsTests.xml",
    "suite": "SuiteTests.xml",
    "conformance": "Conformance.xml",
    "browser": "Browser.xml",
    "faults": "Faults.xml",
    "soak": "Soak.xml",
}


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a report. A runner that left none has crashed: that is one failure."""
    if not report.exists():
        return 0, 1, 0
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, failed, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (["tests"], ["failures", "errors"], ["skipped"])
    )
    return total - failed - skipped, failed, skipped


def main() -> int:
    folder, kinds = Path(sys.argv[1]), sys.argv[2:]
    passed, failed, skipped = map(sum, zip(*(counts(folder / REPORTS[kind]) for kind in kinds)))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


sys.exit(main())
