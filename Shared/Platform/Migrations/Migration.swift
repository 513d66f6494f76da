/// A step of a schema: SQL that is embedded from `Migrations/<name>.sql`.
public struct Migration: Sendable {
    public let name: String
    public let sql: [UInt8]

    public init(_ name: String, _ sql: [UInt8]) {
        self.name = name
        self.sql = sql
    }
}
