import GatehouseModel

/// A name that a new catalogue does not have, and who uses it still.
struct CatalogueUse: Sendable, Hashable {
    /// The member of the catalogue: `scopes`.
    let member: String
    let name: String
    /// The names of applications or roles; the first few.
    let users: [String]
    let count: Int64

    /// In words: who would be left without it.
    private var detail: String {
        let more = count > users.count ? " and \(count - Int64(users.count)) more" : ""
        return "\(name) is used by " + users.map { "'\($0)'" }.joined(separator: ", ") + more
    }

    static func refusal(_ uses: [CatalogueUse]) -> Problem {
        Problem(
            .conflict,
            "The catalogue lacks what is in use: ?force=true saves it all the same, and what used it needs attention.",
            errors: uses.map { Problem.FieldError(field: $0.member, detail: $0.detail) })
    }
}
