import CMicroHTTPD
import Glibc

/// Who is at the other end of a connection: an address of 128 bits (IPv4 as `::ffff:a.b.c.d`) and a port.
public struct Peer: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64
    public let port: UInt16

    init(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET6:
            let address = raw.loadUnaligned(as: sockaddr_in6.self)
            var bytes = address.sin6_addr
            (high, low) = withUnsafeBytes(of: &bytes) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            port = UInt16(bigEndian: address.sin6_port)
        default:
            let address = raw.loadUnaligned(as: sockaddr_in.self)
            high = 0
            low = 0xffff_0000_0000 | UInt64(UInt32(bigEndian: address.sin_addr.s_addr))
            port = UInt16(bigEndian: address.sin_port)
        }
    }
}
