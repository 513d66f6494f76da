# shellcheck shell=bash
# One Python environment for the local broker and the tests, made again only when its list changes.

# The same for every run of a checkout, wherever the run keeps its state.
venv=$top/.run/venv

# install_python REQUIREMENTS
install_python() {
    local list=$1 mark
    mark=$venv/.installed-$(cat "$top"/deploy/local/requirements.txt "$list" | sha256sum | cut -c 1-16)
    [[ -e $mark ]] && return
    say "installing $(basename "$(dirname "$list")")'s Python packages"
    mkdir -p "$top/.run"
    make_venv "$list" >"$run/log/python.log" 2>&1 ||
        fail "The Python packages of $list could not be installed: see $run/log/python.log" \
            "They come from PyPI; pip's own settings (PIP_INDEX_URL, …) name another source."
    : >"$mark"
}

make_venv() {
    python3 -m venv "$venv" || return
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$1"
}
