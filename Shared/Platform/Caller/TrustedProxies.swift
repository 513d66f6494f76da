public import GatehouseHTTP
public import GatehouseModel

/// Who may state a client's address (05 § Client address).
public struct TrustedProxies: Sendable {
    /// Hops, and bytes, beyond which a header is no answer.
    private static let hops = 32
    private static let bytes = 2048

    private let ranges: AddressRanges

    /// `GATEHOUSE_TRUSTED_PROXIES`: addresses and ranges; nobody by default.
    public init(_ configuration: Configuration) throws(Configuration.Failure) {
        var ranges: [AddressRange] = []
        for text in configuration.list("TRUSTED_PROXIES") {
            do { ranges.append(try AddressRange(text)) } catch {
                throw Configuration.Failure("TRUSTED_PROXIES", "'\(text)' \(error.detail)")
            }
        }
        self.ranges = AddressRanges(ranges)
    }

    /// The client: the peer, unless that is a trusted proxy, which states it in X-Forwarded-For. Nil where what it states is no address.
    public func client(of request: Request) -> Address? {
        client(peer: Address(bits: UInt128(request.peer.high) << 64 | UInt128(request.peer.low))) {
            request.headers("X-Forwarded-For")
        }
    }

    /// `forwarded`: the values of all lines of the header, in order.
    package func client(peer: Address, forwarded: () -> [String]) -> Address? {
        guard ranges.contains(peer) else { return peer }
        let lines = forwarded()
        guard !lines.isEmpty else { return peer }
        guard lines.reduce(0, { $0 + $1.utf8.count }) <= Self.bytes else { return nil }
        let hops = lines.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard hops.count <= Self.hops else { return nil }
        var last: Address?
        for hop in hops.reversed() {
            guard let address = try? Address(String(trimmed(hop))) else { return nil }
            last = address
            if !ranges.contains(address) { break }
        }
        return last
    }

    private func trimmed(_ hop: Substring) -> Substring {
        var hop = hop.utf8
        while hop.first == 0x20 || hop.first == 0x09 { hop.removeFirst() }
        while hop.last == 0x20 || hop.last == 0x09 { hop.removeLast() }
        return Substring(hop)
    }
}
