# shellcheck shell=bash
# The four services and the sample API: their settings, their processes. Names are <service>-<replica>.

# The hundred ports of a run: the edge has the first, and then …
sample_api_port() { echo $((port + 1)); }
postgres_port() { echo $((port + 2)); }
kafka_port() { echo $((port + 3)); }

# listen_port SERVICE REPLICA; the internal listener has the next.
listen_port() {
    local index
    for index in "${!services[@]}"; do
        [[ ${services[index]} != "$1" ]] || echo $((port + 20 + 20 * index + 2 * ($2 - 1)))
    done
}
internal_port() { echo $(($(listen_port "$1" "$2") + 1)); }

origin() { echo "http://127.0.0.1:$port"; }
kafka_servers() { echo "${kafka:-127.0.0.1:$(kafka_port)}"; }

make_keys() {
    local name
    for name in assertion-key door-key sealing-key; do secret "$name"; done
    named_key pepper
    named_key answer-key
}

# write_settings SERVICE REPLICA: the file that GATEHOUSE_CONFIG_FILE names.
write_settings() {
    (umask 077 && settings "$1" "$2" >"$run/env/$1-$2.env")
}

# write_host_settings SERVICE: what its commands on the host have beyond that, the owner's role.
write_host_settings() {
    (umask 077 && { settings "$1" 1 && owner_of "$1"; } | sort -u >"$run/env/$1-host.env")
}

owner_of() { echo "GATEHOUSE_POSTGRES_OWNER_URL=$(url_of "$1_owner")"; }

settings() {
    echo "GATEHOUSE_ORIGIN=$(origin)"
    echo "GATEHOUSE_LISTEN=127.0.0.1:$(listen_port "$1" "$2")"
    echo "GATEHOUSE_INTERNAL_LISTEN=127.0.0.1:$(internal_port "$1" "$2")"
    echo "GATEHOUSE_POSTGRES_URL=$(url_of "$1")"
    echo "GATEHOUSE_KAFKA_BOOTSTRAP_SERVERS=$(kafka_servers)"
    echo "GATEHOUSE_ASSERTION_KEY_FILE=$run/secrets/assertion-key"
    echo "GATEHOUSE_TRUSTED_PROXIES=127.0.0.1/32,::1/128"
    case $1 in
        registry)
            echo "GATEHOUSE_PEPPERS_FILE=$run/secrets/peppers"
            echo "GATEHOUSE_ANSWER_KEYS_FILE=$run/secrets/answer-keys"
            ;;
        token)
            echo "GATEHOUSE_PEPPERS_FILE=$run/secrets/peppers"
            echo "GATEHOUSE_SEALING_KEY_FILE=$run/secrets/sealing-key"
            # It makes and drops the partitions of codes and grants.
            owner_of token
            # Here everybody comes from one address.
            echo "GATEHOUSE_SIGN_IN_FAILURES_PER_NETWORK=10000"
            ;;
        policy)
            echo "GATEHOUSE_DOOR_KEY_FILE=$run/secrets/door-key"
            echo "GATEHOUSE_ANSWER_KEYS_FILE=$run/secrets/answer-keys"
            ;;
        # Its writer makes and drops the partitions of the log.
        audit) owner_of audit ;;
    esac
}

# command_of SERVICE ARGUMENT…: with the settings of its host, and nothing else of ours from the environment.
command_of() {
    local service=$1
    shift
    with_settings "$service-host" "$programs/$service" "$@"
}

with_settings() { env -i PATH="$PATH" GATEHOUSE_CONFIG_FILE="$run/env/$1.env" "${@:2}"; }

migrate_services() {
    local service
    for service in "${services[@]}"; do
        command_of "$service" migrate >>"$run/log/migrate.log" 2>&1 || fail "$service migrate failed: see $run/log/migrate.log"
    done
}

start_services() {
    local service replica
    for service in "${services[@]}"; do
        stop_surplus "$service"
        for ((replica = 1; replica <= replicas[$service]; replica++)); do
            start_program "$service-$replica" "$service" serve
        done
    done
    for service in "${services[@]}"; do
        for ((replica = 1; replica <= replicas[$service]; replica++)); do await_service "$service" "$replica"; done
    done
}

# start_program NAME PROGRAM ARGUMENT…: unless it runs already, as it is built now, with the settings it has now.
start_program() {
    local name=$1 program=$programs/$2 what
    what=$( (cat "$run/env/$name.env" && stat -c '%i %Y %s' "$program") | sha256sum | cut -c 1-16)
    ! runs_as "$name" "$what" || return 0
    stop_process "$name"
    require_free_ports "$name"
    launch "$name" "$what" env -i PATH="$PATH" GATEHOUSE_CONFIG_FILE="$run/env/$name.env" "$program" "${@:3}"
}

require_free_ports() {
    local port
    for port in $(sed -n 's/^GATEHOUSE_\(INTERNAL_\)\?LISTEN=.*://p' "$run/env/$1.env"); do
        port_is_free "$port" || fail "Port $port ($1) is taken." "Choose others with --port."
    done
}

await_service() {
    comes_up "$1-$2" 30 service_is_ready "$1" "$2" ||
        fail "$1-$2 is not ready: see $run/log/$1-$2.log" "$(tail -n 3 "$run/log/$1-$2.log")"
}

service_is_ready() { curl -fsS -m 2 "http://127.0.0.1:$(internal_port "$1" "$2")/health/ready"; }

start_sample_api() {
    (umask 077 && sample_api_settings >"$run/env/sample-api.env")
    start_program sample-api SampleAPI
    comes_up sample-api 10 sample_api_answers || fail "The sample API did not start: see $run/log/sample-api.log"
}

sample_api_settings() {
    echo "GATEHOUSE_ORIGIN=$(origin)"
    echo "GATEHOUSE_LISTEN=127.0.0.1:$(sample_api_port)"
    echo "GATEHOUSE_CLIENT_FILE=$run/secrets/sample-client.json"
}

sample_api_answers() { ! port_is_free "$(sample_api_port)"; }

# Replicas beyond the number that is asked for now.
stop_surplus() {
    local file
    for file in "$run/pid/$1"-*; do
        [[ ! -e $file ]] || ((${file##*-} <= replicas[$1])) || stop_process "${file##*/}"
    done
}

# stop_services: those that hold state last told it; all at once, then each is awaited.
stop_services() {
    local file name pid
    for file in "$run"/pid/{sample-api,registry-*,token-*,policy-*,audit-*}; do
        [[ -e $file ]] && pid=$(pid_of "${file##*/}") && kill -TERM "$pid"
    done
    for file in "$run"/pid/{sample-api,registry-*,token-*,policy-*,audit-*}; do
        [[ ! -e $file ]] || stop_process "${file##*/}"
    done
}
