# shellcheck shell=bash
# The distribution's packages: installed only where the thing itself is missing.

# require PACKAGE CHECK…: remembers PACKAGE as missing unless the command CHECK succeeds.
missing=()
require() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

postgres_programs() {
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    if [[ -x $newest ]]; then dirname "$newest"; else dirname "$(command -v initdb)"; fi
}

has_venv() { python3 -c 'import ensurepip, venv'; }

require_swift() {
    command -v swift >/dev/null || fail "Swift is missing." \
        "Install the toolchain (6.2 or newer) from https://www.swift.org/install/linux and put its usr/bin in PATH."
}

# install_packages PACKAGE[=COMMAND]…: what all need, and packages that bring a command, of their own name unless told.
install_packages() {
    local package
    missing=()
    require pkg-config command -v pkg-config
    require libpq-dev pkg-config --exists libpq
    require librdkafka-dev pkg-config --exists rdkafka
    require libmicrohttpd-dev pkg-config --exists libmicrohttpd
    require libssl-dev pkg-config --exists libcrypto
    require postgresql postgres_programs
    require nginx command -v nginx
    require curl command -v curl
    require python3 command -v python3
    require python3-venv has_venv
    for package; do require "${package%%=*}" command -v "${package##*=}"; done
    ((${#missing[@]} == 0)) && return
    say "installing ${missing[*]}"
    install_missing || fail "Some packages are missing and could not be installed." \
        "As root: apt-get update && apt-get install ${missing[*]}"
}

install_missing() {
    command -v apt-get >/dev/null || return 1
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    command -v "${as_root[0]:-env}" >/dev/null || return 1
    local log=$run/log/packages.log
    "${as_root[@]}" apt-get update >"$log" 2>&1 || return 1
    keep_services_asleep "${as_root[@]}"
    local installed=0
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || installed=$?
    let_services_wake "${as_root[@]}"
    return "$installed"
}

# Debian starts what it installs (nginx on port 80, a cluster on 5432): not on this machine, we run our own.
policy=/usr/sbin/policy-rc.d
keep_services_asleep() {
    [[ ! -e $policy ]] || return 0
    asleep=1
    printf '#!/bin/sh\nexit 101\n' | "$@" tee "$policy" >/dev/null
    "$@" chmod 755 "$policy"
}

let_services_wake() {
    [[ -z ${asleep:-} ]] || "$@" rm -f "$policy"
    asleep=
}
