"""Who may do what in PostgreSQL: roles, schemas and published views as they stand after all migrations."""

import psycopg
import pytest

SERVICES = ("registry", "token", "policy", "audit")

# Who reads which published view of whom, beside its owner.
READERS = {
    "registry.published_credentials": {"token"},
    "registry.published_applications": {"policy"},
    "registry.published_ranges": {"token", "policy"},
    "registry.published_head": {"token", "policy"},
    "policy.published_users": {"registry", "token"},
    "policy.published_networks": {"registry", "token"},
    "policy.published_catalogue": {"registry", "token"},
    "policy.published_replicas": {"registry", "token"},
    "policy.published_head": {"registry", "token"},
    "token.published_keys": {"policy"},
    "token.published_revocations": {"policy"},
    "token.published_sessions": {"policy"},
    "token.published_usage": {"registry"},
    "token.published_head": {"registry", "policy"},
    "audit.published_calls": {"policy"},
}


@pytest.fixture(scope="module")
def database(house):
    with psycopg.connect(house.local["postgres_url"], autocommit=True) as connection:
        yield connection


def granted(database, kinds: str) -> list[tuple[str, str, str]]:
    """Object, role and privilege of every grant in the four schemas that is not the owner's own."""
    return database.execute(
        """select n.nspname || '.' || c.relname, r.rolname, a.privilege_type
           from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
                left join pg_roles r on r.oid = a.grantee
           where n.nspname = any(%s) and c.relkind = any(%s::char[]) and a.grantee <> c.relowner""",
        (list(SERVICES), list(kinds)),
    ).fetchall()


def test_published_views_are_granted_to_exactly_their_readers(database):
    there = database.execute(
        """select schemaname || '.' || viewname from pg_views where schemaname = any(%s) and viewname like 'published\\_%%'""",
        (list(SERVICES),),
    ).fetchall()
    readers = {view: set() for (view,) in there}
    assert readers and set(readers) <= set(READERS)
    for name, role, privilege in granted(database, "v"):
        owner = name.split(".")[0]
        if name in readers and role != owner:
            assert privilege == "SELECT"
            readers[name].add(role)
    assert readers == {view: READERS[view] for view in readers}


def test_tables_are_granted_to_their_own_service_alone(database):
    foreign = [grant for grant in granted(database, "rpS") if grant[1] != grant[0].split(".")[0]]
    assert foreign == []


def test_a_service_role_owns_nothing(database):
    owned = database.execute(
        "select relname from pg_class join pg_roles r on r.oid = relowner where rolname = any(%s)", (list(SERVICES),)
    ).fetchall()
    assert owned == []


def test_the_log_can_be_neither_changed_nor_shortened(database):
    changing = [grant for grant in granted(database, "rp") if grant[0].startswith("audit.event") and grant[2] not in ("SELECT", "INSERT")]
    assert changing == []


def test_nobody_else_enters_the_database(database):
    (public,) = database.execute(
        "select has_database_privilege('public', current_database(), 'connect') or has_schema_privilege('public', 'registry', 'usage')"
    ).fetchone()
    assert public is False
