import GatehouseCrypto
import GatehouseModel

/// Some rows of one kind, as one snapshot has them.
enum StatePage: Sendable {
    case applications([ApplicationEntry])
    case users([UserEntry])
    case roles([RoleEntry])
    case catalogue([Revised<Catalogue>])
    /// The general IP list, whole.
    case networks([Revised<AddressRanges>])
    case keys([PublishedKey])
    case revocations([RevocationEntry])
}

/// What is replaced as a whole, and when it last was.
struct Revised<Value: Sendable>: Sendable {
    let value: Value
    let revision: Revision
}

/// The public half of a key that signs access tokens.
struct PublishedKey: Sendable {
    let entry: KeyEntry
    let jwk: JWK
}
