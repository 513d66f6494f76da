import GatehouseModel

/// The catalogue, as it is decided by.
struct SavedCatalogue: Administered, Sendable, Hashable {
    static let noun = "catalogue"

    let catalogue: Catalogue
    let revision: Revision
}

/// A name that a new catalogue does not have, and who uses it still.
struct CatalogueUse: Sendable, Hashable {
    /// The member of the catalogue: `scopes`.
    let member: String
    let name: String
    /// The names of applications or roles; the first few.
    let users: [String]
    let count: Int64

    /// In words: who would be left without it.
    var detail: String {
        let more = count > users.count ? " and \(count - Int64(users.count)) more" : ""
        return "\(name) is used by " + users.map { "'\($0)'" }.joined(separator: ", ") + more
    }
}
