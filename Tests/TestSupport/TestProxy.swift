import Dispatch
import Foundation
import Glibc

/// Stands before a server of this machine, passes a number of bytes (of both directions and all connections together), and then does its worst.
public final class TestProxy: @unchecked Sendable {  // `condition` guards what changes
    public enum End: Sendable { case cut, freeze }
    public let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let condition = NSCondition()
    private var allowance = 0
    private var end = End.cut
    private var counted = 0
    private var pairs: [[Int32]] = []
    private var isStopped = false

    public init(to target: UInt16) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        let bound = Self.with(&address) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { address in
            _ = address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in accept() }.start()
    }

    /// Bytes that passed since the last `allow`.
    public var passed: Int { locked { counted } }

    /// Lets `bytes` more pass before the end.
    public func allow(_ bytes: Int, then end: End = .cut) {
        locked {
            allowance = bytes
            self.end = end
            counted = 0
            condition.broadcast()
        }
    }

    /// Cuts all connections now, and those that come, until more is allowed.
    public func cut() {
        allow(0)
        locked { for pair in pairs { for socket in pair { shutdown(socket, Int32(SHUT_RDWR)) } } }
    }

    public func stop() {
        cut()
        locked { isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if client < 0 || locked({ isStopped }) {
                close(listener)
                return
            }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(target)
            let connected = Self.with(&address) { connect(server, $0, $1) }
            let isCut = locked { end == .cut && allowance == 0 }
            guard connected == 0, !isCut else {
                close(client)
                close(server)
                continue
            }
            locked { pairs.append([client, server]) }
            Thread { [self] in
                let ended = DispatchSemaphore(value: 0)
                Thread { [self] in
                    pump(server, client)
                    ended.signal()
                }.start()
                pump(client, server)
                ended.wait()
                locked { pairs.removeAll { $0 == [client, server] } }
                close(client)
                close(server)
            }.start()
        }
    }

    private func pump(_ source: Int32, _ sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            if count <= 0 { break }
            let granted = grant(count)
            var sent = 0
            while sent < granted {
                let written = buffer[sent..<granted].withUnsafeBytes {
                    send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if written <= 0 { break }
                sent += written
            }
            if granted < count { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(sink, Int32(SHUT_RDWR))
    }

    /// How many of `count` bytes may pass; a frozen proxy waits until they may.
    private func grant(_ count: Int) -> Int {
        locked {
            while end == .freeze, allowance < count { condition.wait() }
            let granted = min(count, allowance)
            allowance -= granted
            counted += granted
            return granted
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func with(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
