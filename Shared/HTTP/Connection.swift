import CMicroHTTPD
import Glibc

/// A client's connection, from its acceptance to its end.
final class Connection {
    let peer: Peer
    /// What it carries now.
    var request: Request?
    /// The server's tick in which it became idle.
    var since: UInt32
    /// Its place among the server's.
    var index = 0
    private let descriptor: Int32

    init(_ connection: OpaquePointer, since: UInt32) {
        peer = Peer(mhd_client_address(connection))
        descriptor = mhd_socket(connection)
        self.since = since
    }

    /// The client has sent its last byte. libmicrohttpd misses it (0.9.75) where it comes with a request.
    var isHalfClosed: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    /// As many as the socket takes at once.
    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }

    /// libmicrohttpd sees the end in its next turn.
    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
