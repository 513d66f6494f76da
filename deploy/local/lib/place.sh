# shellcheck shell=bash
# Where things stand: the checkout, and the folder that holds all state of a local run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
run=${GATEHOUSE_RUN:-$top/.run}

# Debian keeps nginx out of a user's PATH.
PATH=$PATH:/usr/sbin:/sbin

make_place() {
    mkdir -p "$run"/{log,pid,env,secrets,edge}
    chmod 700 "$run/env" "$run/secrets"
}
