import GatehouseModel

/// A signing key as it is stored.
struct SigningKeyRow: Sendable {
    let id: String
    /// The public half, as JSON.
    let jwk: [UInt8]
    /// The private half, sealed.
    let sealed: [UInt8]
    let useFrom: Timestamp
    let expires: Timestamp?
}
