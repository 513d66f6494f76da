import GatehouseModel

/// The catalogue that is decided by, as JSON: it may have megabytes, and is read where that holds nobody up.
struct SavedCatalogue: Administered, Sendable, Hashable {
    static let noun = "catalogue"

    let document: [UInt8]
    let revision: Revision
}
