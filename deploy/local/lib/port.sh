# shellcheck shell=bash
# Ports on loopback. A run has a hundred of them: the edge's, and what follows it.

port_is_free() { ! (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A free hundred, below the range that the kernel gives to outgoing connections (32768 and up), so that none takes it meanwhile.
free_hundred() {
    local first
    while first=$((20000 + RANDOM % 120 * 100)); do
        ! hundred_is_free "$first" || { echo "$first"; return; }
    done
}

hundred_is_free() {
    local port
    for port in $(seq "$1" $(($1 + 99))); do port_is_free "$port" || return 1; done
}
