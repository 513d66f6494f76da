import GatehouseModel

/// The two ways to read the log (03 § Audit).
enum EventOrder: String, CaseIterable, JSONReadable, Sendable {
    /// Ascending by `sequence`: skips nothing, ever, because sequences are given in the order of commits.
    case recorded
    /// Newest first.
    case time
}
