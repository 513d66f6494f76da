"""S5: what a service publishes to the others only grows: a version before this one still finds its views, columns and types."""

from house import TOP

FILE = TOP / "deploy/postgres/published.txt"


def published(house) -> set[str]:
    """Lines of `view column type`, and of functions."""
    with house.database() as database:
        columns = database.execute(
            """select format('%s.%s %s %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
               from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
               where c.relname like 'published\\_%' and c.relkind = 'v' and a.attnum > 0 and not a.attisdropped"""
        ).fetchall()
        functions = database.execute(
            """select format('%s.%s(%s) %s', n.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid))
               from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.proname like 'published\\_%'"""
        ).fetchall()
    return {line for (line,) in columns + functions}


def test_published_views_only_grow(house):
    now, promised = published(house), set(FILE.read_text().splitlines())
    lost = sorted(promised - now)
    new = sorted(now - promised)
    assert lost == [], "the version before reads what is no longer there"
    assert new == [], f"published from now on: add these lines to {FILE.relative_to(TOP)}"


def test_the_file_is_in_order():
    lines = FILE.read_text().splitlines()
    assert lines == sorted(set(lines))
