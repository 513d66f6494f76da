package import GatehousePlatform

/// What this service is told beside what all are.
package struct AuditSettings: Sendable {
    /// The login that makes and drops partitions of the log.
    let owner: String
    /// How long events are kept.
    let retention: Duration

    package init(_ configuration: Configuration) throws {
        owner = try configuration.text("POSTGRES_OWNER_URL")
        retention = try configuration.duration(
            "AUDIT_RETENTION", default: .seconds(400 * 86_400), in: .seconds(30 * 86_400) ... .seconds(10_000 * 86_400))
    }

    var partitions: Partitions.Settings { Partitions.Settings(owner: owner, retention: retention) }
}
