# shellcheck shell=bash
# The one build that serves `deploy/local/up` and `Tests/run`: the same flags in both, or SwiftPM builds all again.

# FAULTS puts in the named kill points of the fault tests; only the images leave them out.
build_flags=(-c release -Xswiftc -DFAULTS)
programs=$top/.build/release

build() {
    say "building (release)"
    (cd "$top" && swift build "${build_flags[@]}" --build-tests) || fail "The build failed."
    say "built"
}

# test_swift ARGUMENT…: one that hangs is ended.
test_swift() {
    (cd "$top" && timeout 1800 swift test "${build_flags[@]}" --skip-build --disable-xctest "$@")
}
