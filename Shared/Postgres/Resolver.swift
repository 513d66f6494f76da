import GatehouseEventLoop
import Glibc

/// Looks names up on threads of its own: `getaddrinfo` blocks.
enum Resolver {
    private static let threads = Workers(2)

    /// The addresses of a host, in the system's order of preference.
    static func addresses(of host: String) async throws(PostgresError) -> [String] {
        let found = await threads.run { lookUp(host) }
        if found.isEmpty { throw .unavailable("no address of \(host) is known") }
        return found
    }

    private static func lookUp(_ host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
            guard let entry else { return nil }
            var text = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
            let failed = text.withUnsafeMutableBytes { bytes in
                getnameinfo(
                    entry.pointee.ai_addr, entry.pointee.ai_addrlen,
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), socklen_t(bytes.count), nil, 0,
                    NI_NUMERICHOST)
            }
            return failed == 0 ? String(decoding: text.prefix { $0 != 0 }, as: UTF8.self) : nil
        }
    }
}
