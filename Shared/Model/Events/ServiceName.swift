/// The four executables, each the owner of a schema in PostgreSQL.
public enum ServiceName: String, CaseIterable, Sendable {
    case registry
    case token
    case policy
    case audit

    /// The `source` of its events.
    public var source: String { "/gatehouse/\(rawValue)" }
}
