import Glibc

/// What the environment, or a file of the same names, says: `GATEHOUSE_<NAME>`, or the path of a file with the value in
/// `GATEHOUSE_<NAME>_FILE`. The environment wins over the file.
public struct Configuration: Sendable {
    /// One line that names what is wrong.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(_ name: String, _ what: String) { description = "GATEHOUSE_\(name): \(what)" }
    }

    private let values: [String: String]

    /// Names without the prefix `GATEHOUSE_`.
    public init(values: [String: String]) { self.values = values }

    /// The environment of this process, and the file that `GATEHOUSE_CONFIG_FILE` names: lines `GATEHOUSE_NAME=value`, `#` begins a comment.
    public init() throws(Failure) {
        var environment = Self.environment()
        if let path = environment.removeValue(forKey: "CONFIG_FILE") {
            environment.merge(try Self.lines(of: path)) { environment, _ in environment }
        }
        for (name, path) in environment where name.hasSuffix("_FILE") {
            let value = String(name.dropLast("_FILE".count))
            guard environment[value] == nil else {
                throw Failure(name, "GATEHOUSE_\(value) is given, too: which one is meant?")
            }
            guard let bytes = File.read(path), let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(name, "cannot read '\(path)'")
            }
            environment[value] = text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
        values = environment
    }

    /// Nil when it is absent or empty.
    public func text(ifGiven name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    public func text(_ name: String, default value: String? = nil) throws(Failure) -> String {
        guard let value = text(ifGiven: name) ?? value else { throw Failure(name, "is required") }
        return value
    }

    /// A whole number.
    public func integer(_ name: String, default value: Int, in range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let text = text(ifGiven: name) else { return value }
        guard let number = Int(text) else { throw Failure(name, "'\(text)' is not a whole number") }
        guard range.contains(number) else {
            throw Failure(name, "\(number) is not within \(range.lowerBound) … \(range.upperBound)")
        }
        return number
    }

    /// `250ms`, `5s`, `10m`, `24h`, `30d`.
    public func duration(_ name: String, default value: Duration, in range: ClosedRange<Duration>) throws(Failure)
        -> Duration
    {
        guard let text = text(ifGiven: name) else { return value }
        guard let duration = Duration(text) else {
            throw Failure(name, "'\(text)' is not a duration like 250ms, 5s, 10m, 24h")
        }
        guard range.contains(duration) else {
            throw Failure(name, "\(text) is not within \(range.lowerBound.text) … \(range.upperBound.text)")
        }
        return duration
    }

    /// One of a closed set of words.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default value: Choice
    ) throws(Failure) -> Choice {
        guard let text = text(ifGiven: name) else { return value }
        guard let choice = Choice(rawValue: text) else {
            throw Failure(name, "'\(text)' is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// `host:port`; the host an address, IPv6 in brackets.
    public func listener(_ name: String, default value: String) throws(Failure) -> Listener {
        let text = try text(name, default: value)
        guard let listener = Listener(text) else {
            throw Failure(name, "'\(text)' is not an address and a port, like 127.0.0.1:8101")
        }
        return listener
    }

    /// The comma-separated parts, without surrounding space.
    public func list(_ name: String) -> [String] {
        text(ifGiven: name)?.split(separator: ",").map { $0.trimmed } ?? []
    }

    /// What `GATEHOUSE_KAFKA_<PROPERTY>` passes on to librdkafka: `socket.timeout.ms` for `KAFKA_SOCKET_TIMEOUT_MS`.
    public var kafka: [String: String] {
        var settings: [String: String] = [:]
        for (name, value) in values where name.hasPrefix("KAFKA_") {
            settings[name.dropFirst("KAFKA_".count).lowercased().replacing("_", with: ".")] = value
        }
        return settings
    }

    private static func environment() -> [String: String] {
        var values: [String: String] = [:]
        for variable in (File.read("/proc/self/environ") ?? []).split(separator: 0) {
            let text = String(decoding: variable, as: UTF8.self)
            guard let equals = text.firstIndex(of: "="), text.hasPrefix("GATEHOUSE_") else { continue }
            values[String(text[..<equals].dropFirst("GATEHOUSE_".count))] = String(text[text.index(after: equals)...])
        }
        return values
    }

    private static func lines(of path: String) throws(Failure) -> [String: String] {
        guard let bytes = File.read(path), let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("CONFIG_FILE", "cannot read '\(path)'")
        }
        var values: [String: String] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard line.hasPrefix("GATEHOUSE_"), let equals = line.firstIndex(of: "=") else {
                throw Failure("CONFIG_FILE", "line \(number + 1) of '\(path)' is not GATEHOUSE_NAME=value")
            }
            values[String(line[..<equals].dropFirst("GATEHOUSE_".count))] = String(line[line.index(after: equals)...])
        }
        return values
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let space: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = firstIndex(where: { !space($0) }), let last = lastIndex(where: { !space($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
