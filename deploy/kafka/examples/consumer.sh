#!/usr/bin/env bash
# Reads the public audit topic to its end with kcat, and proves by the sequence that no event is missing.
# consumer.sh SERVERS [TOPIC [KCAT OPTION…]]     needs kcat and jq; WAIT=10: seconds that a missing number is waited for
set -euo pipefail
export LC_ALL=C

servers=${1:?usage: consumer.sh SERVERS [TOPIC [KCAT OPTION…]]}
topic=${2:-gatehouse.audit.v1}
options=("${@:3}")

# The place and the id of each event; -e ends at the end of all partitions. A value is one line: compact JSON has no other breaks.
read_topic() {
    kcat -C -e -q -b "$servers" -t "$topic" -o beginning -f '%s\n' "${options[@]}" |
        jq -r '[.data.sequence, .id] | @tsv'
}

# The same event may be delivered again, with the same place and id: `uniq` keeps one.
prove() {
    sort -n | uniq | awk '
        NR == 1 { first = $1 }
        NR > 1 && $1 > last + 1 { missing = missing (missing ? ", " : "") (last + 1 == $1 - 1 ? last + 1 : last + 1 "-" $1 - 1) }
        { last = $1 }
        END {
            if (NR == 0) { print "no events: nothing is proven"; exit 1 }
            printf "%d events, %d to %d; ", NR, first, last
            print missing ? "missing: " missing : "complete"
            exit missing ? 1 : 0
        }'
}

# Partitions are written side by side: a number that is missing near the end may be on its way, so it is looked for again.
deadline=$((SECONDS + ${WAIT:-10}))
until verdict=$(read_topic | prove); do
    if ((SECONDS >= deadline)); then
        printf '%s\n' "$verdict"
        exit 1
    fi
    sleep 1
done
printf '%s\n' "$verdict"
