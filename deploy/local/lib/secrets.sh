# shellcheck shell=bash
# Keys of a local run, made once, kept in $run/secrets, readable by their owner alone.

# secret NAME [BYTES]: makes it where it is not there yet: random bytes as base64url.
secret() {
    local file=$run/secrets/$1
    [[ -s $file ]] || (umask 077 && head -c "${2:-32}" /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '=' >"$file")
}

# named_key NAME: one of a list of keys with ids, NAMEs, of which another may become the first.
named_key() {
    [[ -s $run/secrets/$1s ]] || { secret "$1" && (umask 077 && echo "local:$(<"$run/secrets/$1")" >"$run/secrets/$1s"); }
}
