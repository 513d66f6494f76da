extension Server {
    /// Where a server listens, and the limits within which it serves.
    public struct Settings: Sendable {
        /// Numeric, IPv4 or IPv6; `::` takes both.
        public var address: String
        /// 0: any that is free (`Server.port` tells).
        public var port: UInt16

        /// Beyond it, clients wait in the backlog.
        public var connections = 2_000
        public var backlog = 1_024
        /// Bytes for a connection, shared by a request's head and an answer's; a larger head gets 431 or 414.
        /// Not for nothing: libmicrohttpd clears all of it after each request (0.7 µs for 32 KiB).
        public var memory = 64 << 10
        /// A connection without a request. Longer than a proxy keeps its own, or both race.
        public var idle = Duration.seconds(75)
        /// From a request's first line to its last byte.
        public var receiving = Duration.seconds(30)
        /// From a request's last byte to its handler's answer; the body of a stream may take longer.
        public var answering = Duration.seconds(30)
        /// The body of a refused request is read (a proxy makes a 502 of an answer that comes before the body's end), up to this.
        public var dropped = 8 << 20
        public var dropping = Duration.seconds(5)

        public init(address: String = "127.0.0.1", port: UInt16 = 0) {
            self.address = address
            self.port = port
        }
    }
}
