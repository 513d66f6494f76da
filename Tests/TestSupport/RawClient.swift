public import GatehouseEventLoop
import Glibc

/// A client that sends exactly the bytes it is told, when it is told, and reads what comes. It lives on the core, beside what it tests.
public final class RawClient {
    /// No byte for so long, and a test has failed.
    private static let patience = Duration.seconds(10)

    public struct TimedOut: Error {
        public init() {}
    }
    /// The peer closed the connection before an answer was whole.
    public struct Closed: Error {
        public let received: String
    }

    private let events: Events
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true
    /// The peer has closed the connection.
    public private(set) var isEnded = false

    public init(_ port: UInt16, _ events: Events, address: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        self.events = events
        var six = sockaddr_in6()
        var four = sockaddr_in()
        let isSix = inet_pton(AF_INET6, address, &six.sin6_addr) == 1
        inet_pton(AF_INET, address, &four.sin_addr)
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let failed = isSix ? Self.connect(descriptor, six) : Self.connect(descriptor, four)
        guard failed == 0 else { throw Closed(received: String(cString: strerror(errno))) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    private static func connect<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                try await wait(for: .write)
            } else {
                throw Closed(received: String(cString: strerror(errno)))
            }
        }
    }

    /// The next answer. `ofHead`: to a HEAD, so without a body whatever its headers say.
    public func receive(ofHead: Bool = false) async throws -> RawAnswer {
        while true {
            if let (answer, count) = RawAnswer.parse(buffer, isEnded: isEnded, ofHead: ofHead) {
                buffer.removeFirst(count)
                return answer
            }
            guard !isEnded else { throw Closed(received: String(decoding: buffer, as: UTF8.self)) }
            try await read()
        }
    }

    /// Everything until the peer closes the connection.
    public func receiveAll() async throws -> String {
        while !isEnded { try await read() }
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// At least `count` bytes, which stay to be received.
    public func have(_ count: Int) async throws {
        while buffer.count < count, !isEnded { try await read() }
    }

    /// Bytes until this text is among them, which stay to be received.
    public func have(until text: String) async throws {
        while buffer.firstRange(of: Array(text.utf8)) == nil {
            guard !isEnded else { throw Closed(received: String(decoding: buffer, as: UTF8.self)) }
            try await read()
        }
    }

    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Closes as a process does that dies with bytes unread: by RST.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    private func read() async throws {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count > 0 {
            buffer += piece[..<count]
        } else if count < 0, errno == EAGAIN {
            try await wait(for: .read)
        } else {
            isEnded = true
        }
    }

    private func wait(for interest: Events.Interest) async throws {
        let latch = Latch()
        var timedOut = false
        events.watch(descriptor, for: interest) { _ in latch.open() }
        let timer = events.after(Self.patience) {
            timedOut = true
            latch.open()
        }
        defer {
            events.cancel(timer)
            events.forget(descriptor)
        }
        try await latch.wait()
        if timedOut { throw TimedOut() }
    }
}

/// An answer as it came.
public struct RawAnswer: Sendable, CustomStringConvertible {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: String

    /// The first value of a header.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var description: String { "\(status) \(body)" }

    /// The first answer in `bytes` and its length, when it is whole.
    static func parse(_ bytes: [UInt8], isEnded: Bool, ofHead: Bool) -> (RawAnswer, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (name: String(line[..<colon]), value: String(line[colon...].dropFirst(2)))
        }
        func made(_ body: some Sequence<UInt8>, _ count: Int) -> (RawAnswer, Int) {
            (RawAnswer(status: status, headers: headers, body: String(decoding: Array(body), as: UTF8.self)), count)
        }
        let rest = bytes[end.upperBound...]
        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
        if ofHead || status < 200 || status == 204 || status == 304 { return made([], end.upperBound) }
        if let length = header("content-length").flatMap({ Int($0) }) {
            return rest.count < length ? nil : made(rest.prefix(length), end.upperBound + length)
        }
        if header("transfer-encoding") == "chunked" {
            return chunked(rest).map { made($0.body, $0.end) }
        }
        return isEnded ? made(rest, bytes.count) : nil
    }

    private static func chunked(_ bytes: ArraySlice<UInt8>) -> (body: [UInt8], end: Int)? {
        var body: [UInt8] = []
        var rest = bytes
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
                rest[line.upperBound...].count >= size + 2
            else { return nil }
            let end = line.upperBound + size
            body += rest[line.upperBound..<end]
            rest = rest[(end + 2)...]
            if size == 0 { return (body, rest.startIndex) }
        }
        return nil
    }
}
