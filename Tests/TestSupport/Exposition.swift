/// What `/metrics` says, read more strictly than Prometheus does (text format 0.0.4): each family in one piece, with its help and type, and
/// no series twice.
public struct Exposition: Sendable {
    public struct Sample: Sendable {
        public let name: String
        public let labels: [String: String]
        public let value: Double
    }
    public struct Family: Sendable {
        public let name: String
        public let type: String
        public fileprivate(set) var samples: [Sample] = []
    }
    public struct Malformed: Error, CustomStringConvertible {
        public let line: String
        public let reason: String
        public var description: String { "\(reason): \(line)" }
    }

    public private(set) var families: [Family] = []

    public init(parsing text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: "", reason: "no end of the last line") }
        var help: String?
        var series: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)/) {
                help = String(match.1)
            } else if let match = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/) {
                guard help == String(match.1) else { throw Malformed(line: line, reason: "a type without its help") }
                guard !families.contains(where: { $0.name == match.1 }) else {
                    throw Malformed(line: line, reason: "a family in two pieces")
                }
                families.append(Family(name: String(match.1), type: String(match.2)))
            } else {
                let sample = try Sample(parsing: line)
                guard let last = families.last, last.owns(sample) else {
                    throw Malformed(line: line, reason: "outside its family")
                }
                let key =
                    sample.name + sample.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")
                guard series.insert(key).inserted else { throw Malformed(line: line, reason: "a series twice") }
                families[families.count - 1].samples.append(sample)
            }
        }
        for family in families { try family.check() }
    }

    /// The type of a family; nil where there is none.
    public func type(of name: String) -> String? { families.first { $0.name == name }?.type }

    /// Of all series of a family.
    public func values(_ name: String) -> [Double] {
        families.first { $0.name == name }?.samples.map(\.value) ?? []
    }
}

extension Exposition.Sample {
    fileprivate init(parsing line: String) throws {
        guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/),
            let value = Double(match.3)
        else { throw Exposition.Malformed(line: line, reason: "no sample") }
        name = String(match.1)
        self.value = value
        var labels: [String: String] = [:]
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/) else {
                throw Exposition.Malformed(line: line, reason: "no label")
            }
            labels[String(label.1)] = String(label.2)
            rest = rest[label.range.upperBound...]
        }
        self.labels = labels
    }
}

extension Exposition.Family {
    fileprivate func owns(_ sample: Exposition.Sample) -> Bool {
        type == "histogram"
            ? ["_bucket", "_sum", "_count"].contains { sample.name == name + $0 } : sample.name == name
    }

    /// Counters count up from nothing and are named so; buckets hold what smaller ones do, the last holds all.
    fileprivate func check() throws {
        func refuse(_ reason: String) -> Exposition.Malformed { Exposition.Malformed(line: name, reason: reason) }
        guard !samples.isEmpty else { throw refuse("a family without a series") }
        switch type {
        case "counter":
            guard name.hasSuffix("_total"), samples.allSatisfy({ $0.value >= 0 }) else { throw refuse("no counter") }
        case "histogram":
            for count in samples where count.name == name + "_count" {
                let buckets = samples.filter { bucket in
                    bucket.name == name + "_bucket" && count.labels.allSatisfy { bucket.labels[$0.key] == $0.value }
                }
                let counts = buckets.map(\.value)
                guard counts == counts.sorted(), buckets.last?.labels["le"] == "+Inf", counts.last == count.value else {
                    throw refuse("buckets that do not add up")
                }
            }
        default:
            guard !name.hasSuffix("_total") else { throw refuse("a gauge with a counter's name") }
        }
    }
}
