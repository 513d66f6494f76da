import GatehouseModel

/// A user as policy publishes it to us: under whom an application may act.
struct RunAsUser: Sendable, Hashable {
    let id: UserID
    let name: String
    let isActive: Bool
    let isSystem: Bool
    let permissions: Set<Permission>
    let domains: Domains

    /// Of a body that names none.
    static let absent = "must be the id of a user"
}
