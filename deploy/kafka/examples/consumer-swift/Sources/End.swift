#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Ends the process with a last word on standard error.
func end(_ status: Int32, _ word: String) -> Never {
    let bytes = Array("\(word)\n".utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(status)
}
