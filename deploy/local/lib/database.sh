# shellcheck shell=bash
# The database `gatehouse`, its roles and their passwords, in our own cluster or in one that was named.

services=(registry token policy audit)

superuser_url() {
    if [[ -n $postgres ]]; then echo "$postgres"; else postgres_url postgres; fi
}

# url_of ROLE: the superuser's URL, with another user, and the database `gatehouse`.
url_of() {
    [[ $(superuser_url) =~ ^(postgres(ql)?://)([^@/]*@)?([^/?]*)(/[^?]*)?(\?.*)?$ ]] ||
        fail "The URL of PostgreSQL is not of the form postgresql://user:password@host:port/database."
    echo "${BASH_REMATCH[1]}$1:$(<"$run/secrets/postgres-$1")@${BASH_REMATCH[4]}/gatehouse${BASH_REMATCH[6]}"
}

superuser_database_url() {
    [[ $(superuser_url) =~ ^(postgres(ql)?://[^/?]*)(/[^?]*)?(\?.*)?$ ]] && echo "${BASH_REMATCH[1]}/gatehouse${BASH_REMATCH[4]}"
}

sql() { PGOPTIONS='-c client_min_messages=warning' "$(postgres_programs)/psql" -X -q -t -A -v ON_ERROR_STOP=1 "$@"; }

make_database() {
    local there
    there=$(sql "$(superuser_url)" -c "select 1 from pg_database where datname = 'gatehouse'") ||
        fail "PostgreSQL cannot be reached as the superuser of $(superuser_url | sed 's#:[^:@/]*@#:…@#')."
    [[ -n $there ]] || sql "$(superuser_url)" -c 'create database gatehouse'
    sql "$(superuser_database_url)" -f "$top/deploy/postgres/roles.sql"
    set_passwords | sql "$(superuser_database_url)"
}

set_passwords() {
    local role
    for role in "${services[@]/%/_owner}" "${services[@]}"; do
        secret "postgres-$role"
        echo "alter role $role password '$(<"$run/secrets/postgres-$role")';"
    done
}
