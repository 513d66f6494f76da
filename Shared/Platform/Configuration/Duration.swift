/// Durations as configuration writes them.
extension Duration {
    private static let units: [(suffix: String, length: Duration)] = [
        ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
        ("d", .seconds(86400)),
    ]

    /// `250ms`, `5s`, `10m`, `24h`, `30d`.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = Self.units.first { $0.suffix == text.dropFirst(digits.count) }
        guard let count = Int32(digits), let unit else { return nil }
        self = unit.length * Int(count)
    }

    public var text: String {
        let unit =
            Self.units.last { milliseconds % $0.length.milliseconds == 0 && milliseconds != 0 } ?? ("s", .seconds(1))
        return "\(milliseconds / unit.length.milliseconds)\(unit.suffix)"
    }

    /// Whole milliseconds, rounded down.
    public var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
