import CMicroHTTPD

/// A request. It lives on its core; its headers stay where libmicrohttpd read them until it is answered, and are kept for whoever holds
/// it longer.
public final class Request {
    /// As sent: a HEAD that came to the handler of a GET is still a HEAD.
    public internal(set) var method = ""
    /// As sent, nothing decoded.
    public let target: String
    public let peer: Peer
    public internal(set) var body: [UInt8] = []
    /// What the router's template names in the path.
    public internal(set) var parameters = Parameters()
    /// As in the router; empty until a route is found.
    public internal(set) var template = ""
    /// Sees an answer that was waited for when it goes out, and may put another in its place.
    public var beforeSending: ((Response) -> Response)?

    /// What stands between libmicrohttpd's callbacks. Each step is the server's.
    enum Phase {
        case head
        /// Its body is read, and dropped.
        case refused(Refusal)
        case receiving(Endpoint)
        /// A task is at it; libmicrohttpd will ask once more before it is suspended.
        case working
        case suspended
        case answered(Answer)
        case sent(status: Int)
        case over
    }
    enum Answer {
        case plain(Response)
        case stream(Response, Pipe)
    }
    var phase = Phase.head
    var task: Task<Void, Never>?
    /// Nil once the request has ended.
    var connection: OpaquePointer?
    var pipe: Pipe?
    var isEndless = false
    var dropped = 0
    /// The server's tick in which the phase began.
    var since: UInt32
    var began: ContinuousClock.Instant?
    private let pathStart: Int
    private let pathEnd: Int
    private var kept: [Response.Header] = []

    init(target: Target, peer: Peer, connection: OpaquePointer, since: UInt32) {
        self.target = target.text
        pathStart = target.path.lowerBound
        pathEnd = target.path.upperBound
        self.peer = peer
        self.connection = connection
        self.since = since
    }

    /// The target before `?`, nothing decoded.
    public var path: Substring { target[index(pathStart)..<index(pathEnd)] }

    func withPath<Result>(_ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var target = target
        return target.withUTF8 { read(UnsafeBufferPointer(rebasing: $0[pathStart..<pathEnd])) }
    }

    /// The target after `?`, nothing decoded; nil where there is none.
    public var query: Substring? {
        pathEnd == target.utf8.count ? nil : target[index(pathEnd + 1)...]
    }

    /// The first value of a header; nil where there is none.
    public func header(_ name: String) -> String? {
        withHeader(name) { String(decoding: $0, as: UTF8.self) }
    }

    /// The first value of a header, where it lies.
    public func withHeader<Result>(_ name: String, _ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard let connection else {
            guard var value = kept.first(where: { sameName($0.name.utf8, name.utf8) })?.value else { return nil }
            return value.withUTF8(read)
        }
        var name = name
        return name.withUTF8 { name in
            name.withMemoryRebound(to: CChar.self) { name in
                var value: UnsafePointer<CChar>?
                var count = 0
                guard
                    MHD_lookup_connection_value_n(
                        connection, .HEADER_KIND, name.baseAddress, name.count, &value, &count) == .YES, let value
                else { return nil }
                return read(trimmed(value, count))
            }
        }
    }

    /// All values of a header, in their order.
    public func headers(_ name: String) -> [String] {
        guard connection != nil else { return kept.filter { sameName($0.name.utf8, name.utf8) }.map(\.value) }
        var values: [String] = []
        var name = name
        name.withUTF8 { wanted in
            withEachHeader { name, value in
                guard sameName(name, wanted) else { return }
                values.append(String(decoding: value, as: UTF8.self))
            }
        }
        return values
    }

    /// All headers, in their order.
    public var headers: [Response.Header] {
        guard let connection else { return kept }
        var all: [Response.Header] = []
        withUnsafeMutablePointer(to: &all) { all in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { all, _, name, nameCount, value, count in
                    guard let name, let value else { return .YES }
                    let key = String(decoding: UnsafeRawBufferPointer(start: name, count: nameCount), as: UTF8.self)
                    let text = String(decoding: trimmed(value, count), as: UTF8.self)
                    all?.assumingMemoryBound(to: [Response.Header].self).pointee.append((key, text))
                    return .YES
                }, all)
        }
        return all
    }

    /// Shows `read` each header where it lies, in their order: names as they were sent, in any case.
    public func withEachHeader(
        _ read: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let connection else {
            for var (name, value) in kept {
                name.withUTF8 { name in value.withUTF8 { read(name, $0) } }
            }
            return
        }
        withoutActuallyEscaping(read) { read in
            var reader = Reader(read: read)
            withUnsafeMutablePointer(to: &reader) { reader in
                _ = MHD_get_connection_values_n(
                    connection, .HEADER_KIND,
                    { reader, _, name, nameCount, value, count in
                        guard let name, let value else { return .YES }
                        let bytes = UnsafeRawBufferPointer(start: name, count: nameCount)
                        reader?.assumingMemoryBound(to: Reader.self).pointee
                            .read(bytes.assumingMemoryBound(to: UInt8.self), trimmed(value, count))
                        return .YES
                    }, reader)
            }
        }
    }
    private struct Reader { let read: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Void }

    /// The request is over; its headers' memory is about to be another's.
    func end(keep: Bool) {
        if keep { kept = headers }
        connection = nil
    }

    private func index(_ offset: Int) -> String.Index { target.utf8.index(target.startIndex, offsetBy: offset) }
}

/// What a template names in a path, as it stands there: nothing decoded.
public struct Parameters {
    var names: [String] = []
    var values: [Substring] = []

    public subscript(name: String) -> String? {
        names.firstIndex(of: name).map { String(values[$0]) }
    }
}

/// Without the white space that may stand around a value (RFC 9110 §5.5); libmicrohttpd leaves what follows.
private func trimmed(_ value: UnsafePointer<CChar>, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    var bytes = UnsafeRawBufferPointer(start: value, count: count).assumingMemoryBound(to: UInt8.self)
    while let last = bytes.last, last == 0x20 || last == 0x09 {
        bytes = UnsafeBufferPointer(rebasing: bytes.dropLast())
    }
    return bytes
}

private func sameName(_ one: String.UTF8View, _ other: String.UTF8View) -> Bool {
    one.elementsEqual(other) { lowercased($0) == lowercased($1) }
}

private func sameName(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    for index in one.indices where lowercased(one[index]) != lowercased(other[index]) { return false }
    return true
}

@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
