public import GatehouseModel
public import GatehousePostgres

/// What a change has left for whoever asks for it again.
public struct KeptAnswer: Sendable {
    let digest: [UInt8]
    let keyID: String
    let sealed: [UInt8]
    /// Of the change: whoever asks again waits for the same.
    public let revision: Revision

    /// Of `ClaimStore.columns`.
    public init(row: inout RowReader) throws {
        digest = try row.bytea()
        keyID = try row.text()
        sealed = try row.bytea()
        revision = try row.revision()
    }
}
