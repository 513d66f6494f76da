import GatehouseModel

/// A table whose rows lie in partitions by when they end: a bucket is a stretch of time, counted since 1970.
struct PartitionedTable: Sendable {
    static let consents = PartitionedTable("consent", days: 30)
    static let codes = PartitionedTable("code", days: 1)
    static let pushedRequests = PartitionedTable("pushed_request", days: 1)

    let name: String
    private let length: Int64

    private init(_ name: String, days: Int64) {
        self.name = name
        length = days * 86_400
    }

    /// That of what ends at `time`.
    func bucket(_ time: Timestamp) -> Int32 { Int32(clamping: time.seconds / length) }

    /// `code_20261129`, by the first day: names sort as their buckets do.
    func partition(_ bucket: Int32) -> String {
        let day = Timestamp(seconds: Int64(bucket) * length).text.prefix(10)
        return "\(name)_" + day.filter { $0 != "-" }
    }
}
