internal import COpenSSL

/// The two ways in which a call into libcrypto ends badly.
///
/// A digest, a signature or a random number fails only where memory or the library itself is broken: a process must not go on
/// without them. Foreign bytes that are refused leave an entry in the thread's error queue, which belongs to nobody: it is emptied.
enum Libcrypto {
    static func demand(_ status: Int32, _ what: StaticString) {
        guard status == 1 else { fatalError("libcrypto: \(what)") }
    }

    static func demand(_ pointer: OpaquePointer?, _ what: StaticString) -> OpaquePointer {
        guard let pointer else { fatalError("libcrypto: \(what)") }
        return pointer
    }

    static func accepts(_ status: Int32) -> Bool {
        if status == 1 { return true }
        ERR_clear_error()
        return false
    }

    static func accepts(_ pointer: OpaquePointer?) -> OpaquePointer? {
        if pointer == nil { ERR_clear_error() }
        return pointer
    }
}
