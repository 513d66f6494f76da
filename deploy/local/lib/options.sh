# shellcheck shell=bash
# What `up` was asked for. It is remembered in $run/options, so that a second `up` without options is the same again.

port=8080
postgres=      # a superuser's URL, where PostgreSQL is not ours
kafka=         # bootstrap servers, where the broker is not ours
tour=yes
declare -A replicas=([registry]=1 [token]=1 [policy]=1 [audit]=1)

recall_options() {
    # shellcheck source=/dev/null
    [[ ! -e $run/options ]] || source "$run/options"
}

read_options() {
    while (($# > 0)); do
        case $1 in
            --port) port=$(whole_number "$@"); shift 2 ;;
            --postgres) postgres=$(text "$@"); shift 2 ;;
            --kafka) kafka=$(text "$@"); shift 2 ;;
            --replicas) read_replicas "$@"; shift 2 ;;
            --no-tour) tour=; shift ;;
            --help | -h) usage; exit ;;
            *) usage >&2; exit 2 ;;
        esac
    done
    ((port >= 1024 && port <= 65400)) || fail "--port takes a port from 1024 to 65400: the edge's; a hundred from it on are used."
}

remember_options() {
    (umask 077 && declare -p port postgres kafka replicas | sed 's/^declare --/declare -g/; s/^declare -A/declare -gA/' >"$run/options")
}

whole_number() {
    [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || fail "$1 takes a whole number."
    echo "$2"
}

text() {
    [[ ${2:-} ]] || fail "$1 needs a value."
    echo "$2"
}

# --replicas policy=3[,token=2…]
read_replicas() {
    local part list
    list=$(text "$@")
    for part in ${list//,/ }; do
        [[ $part =~ ^(registry|token|policy|audit)=([1-9]|10)$ ]] ||
            fail "--replicas takes <service>=<1…10>, and '$part' is not that."
        replicas[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
    done
}
