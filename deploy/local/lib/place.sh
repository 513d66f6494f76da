# shellcheck shell=bash
# Where things stand: the checkout, and the folder that holds all state of a local run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
run=${GATEHOUSE_RUN:-$top/.run}

# Debian keeps nginx out of a user's PATH.
PATH=$PATH:/usr/sbin:/sbin

make_place() {
    mkdir -p "$run"/{log,pid,env,secrets,edge}
    chmod 700 "$run"/{env,secrets}
}

# One command at a time works on $run; descriptor 9 is closed for what it starts.
lock_place() {
    exec 9>"$run/lock"
    flock -n 9 || fail "Another command is at work on $run."
}
