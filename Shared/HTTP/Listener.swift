import Glibc

/// A listening socket of ours alone: with libmicrohttpd's own address reuse, a leftover process would take half of the connections.
struct Listener: ~Copyable {
    let descriptor: Int32
    let port: UInt16

    init(_ address: String, _ port: UInt16, backlog: Int) throws(Server.Failure) {
        let text = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        var six = sockaddr_in6()
        var four = sockaddr_in()
        let isSix = inet_pton(AF_INET6, address, &six.sin6_addr) == 1
        guard isSix || inet_pton(AF_INET, address, &four.sin_addr) == 1 else {
            throw Server.Failure(description: "\(text): not a numeric address")
        }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian

        let descriptor = socket(
            isSix ? AF_INET6 : AF_INET,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        // On Linux this lets a restart pass connections in TIME_WAIT, but no second listener.
        Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if isSix { Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        guard
            (isSix ? Self.name(six) { bind(descriptor, $0, $1) } : Self.name(four) { bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, Int32(backlog)) == 0
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Server.Failure(description: "\(text): \(reason)")
        }
        self.descriptor = descriptor
        var bound = sockaddr_in6()  // the larger; the port has the same place in both
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &bound) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        self.port = UInt16(bigEndian: bound.sin6_port)
    }

    deinit { close(descriptor) }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func name<Name>(_ name: Name, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { use($0, socklen_t(MemoryLayout<Name>.size)) }
        }
    }
}
