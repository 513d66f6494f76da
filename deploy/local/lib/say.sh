# shellcheck shell=bash
# What a person sees: one line a step, with the seconds since the start.

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }

fail() {
    printf '%4ds  %s\n' "$SECONDS" "$1" >&2
    shift
    (($# == 0)) || printf '       %s\n' "$@" >&2
    exit 1
}
