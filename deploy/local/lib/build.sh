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

# test_swift ARGUMENT…: a few tests at a time, for each expects an answer soon; a run that hangs is ended.
test_swift() {
    (cd "$top" && SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 timeout 1800 swift test "${build_flags[@]}" --skip-build --disable-xctest "$@")
}
