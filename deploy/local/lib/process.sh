# shellcheck shell=bash
# Processes of ours: each leaves its pid, its start time and what it was started with in $run/pid. Only a process that
# matches pid and start time is signalled: a number that the kernel has given to another is nobody of ours.

started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# pid_of NAME: its pid, if it runs.
pid_of() {
    local pid since
    { read -r pid since _ <"$run/pid/$1"; } 2>/dev/null || return 1
    [[ -n $since && $(started_at "$pid") == "$since" ]] && echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }
is_gone() { ! is_running "$1"; }

# runs_as NAME WHAT: it runs, and was started with WHAT.
runs_as() {
    local was
    is_running "$1" && read -r _ _ was <"$run/pid/$1" && [[ $was == "$2" ]]
}

# launch NAME WHAT COMMAND…: in a session of its own, so that it outlives this terminal; its words go to $run/log/NAME.log.
launch() {
    local name=$1 what=$2
    shift 2
    setsid "$@" </dev/null >>"$run/log/$name.log" 2>&1 9>&- &
    printf '%s %s %s\n' "$!" "$(started_at "$!")" "$what" >"$run/pid/$name"
    disown
}

# stop_process NAME [SECONDS]: SIGTERM, and SIGKILL for what has not ended in time.
stop_process() {
    local name=$1 patience=${2:-15} pid
    if pid=$(pid_of "$name"); then
        kill -TERM "$pid"
        wait_until "$patience" is_gone "$name" || { say "$name did not end in ${patience} s: killed"; kill -KILL "$pid"; }
    fi
    rm -f "$run/pid/$name"
}

# comes_up NAME SECONDS CHECK…: waits for the check to succeed, as long as the process runs.
comes_up() {
    local name=$1 patience=$2
    shift 2
    wait_until "$patience" up_or_gone "$name" "$@" && is_running "$name"
}

up_or_gone() { is_gone "$1" || "${@:2}"; }

# wait_until SECONDS CHECK…: looks every 50 ms.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS <= end)) || return 1
        sleep 0.05
    done
}
