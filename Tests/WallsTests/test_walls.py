"""The walls of the architecture that the compiler cannot hold."""

import re

import pytest
from tree import files, grep, imports, product

SERVICES = {"Registry", "Token", "Policy", "Audit"}
WRAPPERS = {
    "CLinux": "EventLoop",
    "CLibPQ": "Postgres",
    "CRDKafka": "Kafka",
    "CMicroHTTPD": "HTTP",
    "COpenSSL": "Crypto",
}
# Who reads which published view of whom.
READERS = {
    "registry": {
        "published_credentials": {"token"},
        "published_applications": {"policy"},
        "published_ranges": {"token", "policy"},
        "published_head": {"token", "policy"},
    },
    "policy": {
        "published_users": {"registry", "token"},
        "published_networks": {"registry", "token"},
        "published_catalogue": {"registry", "token"},
        "published_replicas": {"registry", "token"},
        "published_head": {"registry", "token"},
    },
    "token": {
        "published_keys": {"policy"},
        "published_revocations": {"policy"},
        "published_sessions": {"policy"},
        "published_usage": {"registry"},
        "published_head": {"registry", "policy"},
    },
    "audit": {"published_calls": {"policy"}},
}


@pytest.mark.parametrize("module,wrapper", WRAPPERS.items())
def test_a_c_library_is_imported_only_by_its_wrapper(module, wrapper):
    importers = [path for path in product() if module in imports(path)]
    assert [path for path in importers if not path.startswith(f"Shared/{wrapper}/")] == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_imports_no_other(service):
    others = SERVICES - {service}
    assert [path for path in product() if path.startswith(f"Services/{service}/") and imports(path) & others] == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_reads_others_only_through_the_views_published_to_it(service):
    schema = service.lower()
    sources = files(rf"Services/{service}/.*(Store\.swift|\.sql)$")
    wrong = []
    for other in sorted({name.lower() for name in SERVICES} - {schema}):
        allowed = {view for view, readers in READERS[other].items() if schema in readers}
        for finding in grep(rf"\b(from|join|into|update)\s+{other}\.\w+", sources, re.I):
            named = set(re.findall(rf"\b(?:from|join|into|update)\s+{other}\.(\w+)", finding, re.I))
            if not named <= allowed:
                wrong.append(finding)
    assert wrong == []


def test_the_model_does_no_io():
    outside = {"GatehouseEventLoop", "GatehouseHTTP", "GatehousePostgres", "GatehouseKafka", "GatehousePlatform", "Glibc"}
    assert [path for path in product() if path.startswith("Shared/Model/") and imports(path) & outside] == []


@pytest.mark.parametrize("library", ["JSON", "EventLoop", "HTTP", "Crypto", "Postgres", "Kafka"])
def test_a_library_knows_nothing_of_us(library):
    ours = {"GatehouseModel", "GatehousePlatform", "GatehouseWeb"}
    assert [path for path in product() if path.startswith(f"Shared/{library}/") and imports(path) & ours] == []


def test_http_types_stop_at_routes_and_pages():
    allowed = re.compile(r"(Routes|Pages)\.swift$|^(Shared/(HTTP|Platform|Web)|deploy/local/sample-api)/")
    assert [path for path in product() if "GatehouseHTTP" in imports(path) and not allowed.search(path)] == []


def test_sql_stands_only_in_stores_and_migrations():
    allowed = re.compile(r"Store\.swift$|/Migrations/|^Shared/(Postgres|Platform)/")
    sql = r'^\s*"*(select .* from |insert into |update .* set |delete from |with .* as \()'
    assert grep(sql, [path for path in product() if not allowed.search(path)], re.I) == []


def test_no_foundation_in_the_product():
    """The sample API alone calls others over HTTP, by URLSession."""
    foundation = {"Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch"}
    shipped = [path for path in product() if not path.startswith("deploy/local/sample-api/")]
    assert [path for path in shipped if imports(path) & foundation] == []


def test_one_unchecked_crossing_at_most():
    assert len(grep(r"@unchecked Sendable|nonisolated\(unsafe\)", product())) <= 1


def test_concurrency_is_structured():
    """Tasks begin in the event loop, which the core's `start` and `run` use."""
    sources = [path for path in product() if not path.startswith("Shared/EventLoop/")]
    assert grep(r"\bTask(\.detached|\.immediate|\.sleep)?\s*(\(|\{)", sources) == []


def test_no_capture_list_takes_work_off_the_core():
    """Swift 6.3: an asynchronous closure with a capture list forgets its caller's core, and runs on the global pool beside it."""
    asynchronous = r"\b(later|start|background|lease|transaction)\b[^{]*\{\s*\[[\w ,=.]+\]"
    assert grep(asynchronous, product()) == []


def test_nothing_is_left_unfinished():
    assert grep(r"\b(TODO|FIXME|XXX|HACK)\b|not implemented|\btry!|\bas!|-Ounchecked", product() + ["Package.swift"]) == []


def test_tests_use_package_access():
    assert grep(r"^\s*@testable", files(r"Tests/.*\.swift$")) == []


def test_tests_await_conditions_and_do_not_sleep():
    assert grep(r"Task\.sleep|time\.sleep\(|usleep\(", files(r"Tests/(?!WallsTests/).*\.(swift|py)$")) == []


def test_the_package_depends_on_no_other():
    assert grep(r"\.package\(", ["Package.swift"]) == []


def test_the_top_level_is_the_house():
    house = {"Package.swift", "README.md", "LICENSE", "CONTRIBUTING.md", "compose.yaml"}
    house |= {"Services", "Shared", "Tests", "deploy"}
    names = {path.split("/")[0] for path in files()}
    assert {name for name in names - house if not name.startswith(".")} == set()


def test_no_folder_is_a_junk_drawer():
    drawer = re.compile(r"(^|/)(Core|Common|Utils?|Helpers?|Extensions|Misc)/")
    assert [path for path in files() if drawer.search(path)] == []
