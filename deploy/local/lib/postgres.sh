# shellcheck shell=bash
# A PostgreSQL cluster of our own, on loopback. As root it runs as the user `postgres`, for it refuses to run as root.

as_postgres() {
    if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

control_postgres() { as_postgres "$(postgres_programs)/pg_ctl" -s -D "$(postgres_data)" "$@" 9>&-; }

# Where the user `postgres` cannot enter $run, the data stands in /var/tmp, and $run/postgres.data names it.
postgres_data() {
    local named=$run/postgres.data
    if [[ ! -e $named ]]; then
        local data=$run/postgres
        if ((EUID == 0)) && ! as_postgres test -x "$run"; then
            data=/var/tmp/gatehouse-$(printf %s "$run" | sha256sum | cut -c 1-12)
        fi
        echo "$data" >"$named"
    fi
    cat "$named"
}

# make_postgres SETTING…: once; SETTINGs are lines of postgresql.conf.
make_postgres() {
    local data
    data=$(postgres_data)
    [[ ! -e $run/postgres.made ]] || return 0
    rm -rf "$data"
    install -d -m 700 "$data"
    ((EUID != 0)) || chown postgres: "$data"
    secret postgres-superuser
    # The password comes through a pipe that the user `postgres` itself has made: the file is not his to read.
    # shellcheck disable=SC2016
    as_postgres bash -c '"$1" -D "$2" -U postgres -E UTF8 --locale=C.UTF-8 -A scram-sha-256 --pwfile=<(cat)' \
        initdb "$(postgres_programs)/initdb" "$data" <"$run/secrets/postgres-superuser" >"$run/log/initdb.log" 2>&1 ||
        fail "initdb failed: see $run/log/initdb.log"
    printf '%s\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" "max_connections = 300" \
        "log_line_prefix = '%m %u %d '" "$@" >>"$data/postgresql.conf"
    : >"$run/postgres.made"
}

# start_postgres PORT
start_postgres() {
    if postgres_runs; then
        [[ $(<"$run/postgres.port") != "$1" ]] || return 0
        stop_postgres
    fi
    port_is_free "$1" || fail "Port $1 (PostgreSQL) is taken." "Choose others with --port."
    echo "$1" >"$run/postgres.port"
    control_postgres start -w -t 60 -o "-p $1" -l "$(postgres_data)/server.log" ||
        fail "PostgreSQL did not start: see $(postgres_data)/server.log"
}

postgres_runs() { [[ -e $run/postgres.made ]] && control_postgres status >/dev/null 2>&1; }

stop_postgres() { ! postgres_runs || control_postgres stop -w -m fast; }

wipe_postgres() {
    [[ ! -e $run/postgres.data ]] || rm -rf "$(postgres_data)"
    rm -f "$run"/postgres.{data,made,port}
}

# postgres_url DATABASE: of our own cluster, for its superuser.
postgres_url() {
    echo "postgresql://postgres:$(<"$run/secrets/postgres-superuser")@127.0.0.1:$(<"$run/postgres.port")/$1"
}
