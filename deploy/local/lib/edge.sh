# shellcheck shell=bash
# nginx as the edge, with a prefix, configuration and pid of its own under $run/edge.

start_edge() {
    local what
    ln -sfn "$top/deploy/edge/nginx" "$run/edge/gatehouse"
    mkdir -p "$run/edge/temp"
    fill_in_edge >"$run/edge/nginx.conf"
    upstreams >"$run/edge/upstreams.conf"
    (umask 077 && printf 'map "" $gatehouse_door_key { default "%s"; }\n' "$(<"$run/secrets/door-key")" >"$run/edge/door-key.conf")
    what=$(cat "$run"/edge/*.conf "$top"/deploy/edge/nginx/*.conf | sha256sum | cut -c 1-16)
    ! runs_as edge "$what" || return 0
    stop_process edge
    port_is_free "$port" || fail "Port $port (the edge) is taken." "Choose another with --port."
    launch edge "$what" nginx -e "$run/log/edge.log" -p "$run/edge" -c nginx.conf
    comes_up edge 10 edge_answers || fail "The edge did not start: see $run/log/edge.log" "$(tail -n 3 "$run/log/edge.log")"
}

edge_answers() { ! port_is_free "$port"; }

# As root, the workers drop to a user who owns nothing; they read and write no file.
fill_in_edge() {
    local user=
    ((EUID != 0)) || user="user nobody $(id -gn nobody);"
    sed -e "s|@USER@|$user|; s|@EDGE@|$run/edge|; s|@LOG@|$run/log|; s|@PORT@|$port|" "$top/deploy/local/edge/nginx.conf"
}

upstreams() {
    local service
    upstream gatehouse_decisions internal_port policy
    for service in "${services[@]}"; do upstream "gatehouse_$service" listen_port "$service"; done
    printf 'upstream gatehouse_organisation { server 127.0.0.1:%s; keepalive 32; keepalive_timeout 15s; }\n' "$(sample_api_port)"
}

# upstream NAME PORT_OF SERVICE: all its replicas. One that fails is left out for a second.
upstream() {
    local replica
    echo "upstream $1 {"
    for ((replica = 1; replica <= replicas[$3]; replica++)); do
        echo "    server 127.0.0.1:$("$2" "$3" "$replica") max_fails=2 fail_timeout=1s;"
    done
    printf '    keepalive 32;\n    keepalive_timeout 15s;\n}\n'
}
