public import GatehouseJSON
import GatehouseModel
import Glibc

/// JSON lines on standard error: one object an event, with `time`, `level`, `service`, `message` and what belongs to it.
///
/// Never give it a secret, a token, a password, or a whole body.
public struct Log: Sendable {
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        private var order: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
        public static func < (one: Level, other: Level) -> Bool { one.order < other.order }
    }

    private let service: String
    public let level: Level

    public init(_ service: String, level: Level = .info) {
        self.service = service
        self.level = level
    }

    public func debug(_ message: @autoclosure () -> String, _ details: @autoclosure () -> JSON.Object = [:]) {
        if level <= .debug { write(.debug, message(), details()) }
    }
    public func info(_ message: String, _ details: JSON.Object = [:]) { write(.info, message, details) }
    public func warning(_ message: String, _ details: JSON.Object = [:]) { write(.warning, message, details) }
    public func error(_ message: String, _ details: JSON.Object = [:]) { write(.error, message, details) }

    private func write(_ level: Level, _ message: String, _ details: JSON.Object) {
        guard level >= self.level else { return }
        var line: JSON.Object = [
            "time": .string(Timestamp.now().text), "level": .string(level.rawValue), "service": .string(service),
            "message": .string(message),
        ]
        for (name, value) in details.members { line[name] = value }
        let bytes = JSON.object(line).bytes + [UInt8(ascii: "\n")]
        // One write a line: lines of several processes on one terminal do not mix.
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
