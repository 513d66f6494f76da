/// What `/metrics` shows (Prometheus text format 0.0.4). Lives on the core: counting is an addition.
public final class Metrics {
    public final class Counter {
        public private(set) var value = 0
        public func add(_ count: Int = 1) { value += count }
    }

    // Closures stand in structs: a bare one in a generic container gains a thunk at each access.
    private struct Family {
        let help: String
        let type: String
        var series: [(labels: String, samples: Samples)] = []
    }
    private struct Samples { let write: (_ name: String, _ labels: String, _ text: inout String) -> Void }
    private var families: [String: Family] = [:]
    private var counters: [String: Counter] = [:]
    private var histograms: [String: Histogram] = [:]
    var requests: [RequestKey: Histogram] = [:]

    public init() {}

    /// The same name and labels give the same counter.
    public func counter(_ name: String, _ help: String, _ labels: [(String, String)] = []) -> Counter {
        let key = name + text(labels)
        if let counter = counters[key] { return counter }
        let counter = Counter()
        counters[key] = counter
        add(name, help, "counter", labels) { name, labels, text in text += "\(name)\(labels) \(counter.value)\n" }
        return counter
    }

    /// What is counted elsewhere: read whenever `/metrics` is asked for.
    public func counter(
        _ name: String, _ help: String, _ labels: [(String, String)] = [], _ read: @escaping () -> Int
    ) {
        add(name, help, "counter", labels) { name, labels, text in text += "\(name)\(labels) \(read())\n" }
    }

    /// Read whenever `/metrics` is asked for; without a value it is not shown.
    public func gauge(
        _ name: String, _ help: String, _ labels: [(String, String)] = [], _ read: @escaping () -> Double?
    ) {
        add(name, help, "gauge", labels) { name, labels, text in
            if let value = read() { text += "\(name)\(labels) \(value)\n" }
        }
    }

    /// Seconds. The same name and labels give the same histogram.
    public func histogram(_ name: String, _ help: String, _ labels: [(String, String)] = []) -> Histogram {
        let key = name + text(labels)
        if let histogram = histograms[key] { return histogram }
        let histogram = Histogram()
        histograms[key] = histogram
        add(name, help, "histogram", labels) { name, labels, text in
            let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
            for (bound, count) in histogram.cumulative { text += "\(name)_bucket{\(others)le=\"\(bound)\"} \(count)\n" }
            text += "\(name)_sum\(labels) \(histogram.sum)\n\(name)_count\(labels) \(histogram.count)\n"
        }
        return histogram
    }

    public var text: String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            var samples = ""
            for series in family.series { series.samples.write(name, series.labels, &samples) }
            if samples.isEmpty { continue }
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n\(samples)"
        }
        return text
    }

    private func add(
        _ name: String, _ help: String, _ type: String, _ labels: [(String, String)],
        _ write: @escaping (String, String, inout String) -> Void
    ) {
        families[name, default: Family(help: help, type: type)].series.append((text(labels), Samples(write: write)))
    }

    private func text(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            "\(name)=\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
