import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// What an application's secret is worth: the reach of its run-as user, and its scopes.
///
/// Nobody gains by an application what they lack (A27): who makes or widens one, or gets its secret, holds all of this already.
struct Authority: Sendable, Hashable {
    let permissions: Set<Permission>
    let domains: Domains
    let scopes: Set<Scope>

    /// Without a run-as user, each user who authorises the application bounds it.
    init(scopes: [Scope], under user: RunAsUser?) {
        permissions = user?.permissions ?? []
        domains = user?.domains ?? .none
        self.scopes = Set(scopes)
    }

    /// Forbidden, saying what is lacking, where the author may not hand this on.
    func demand(of author: Author) throws(Problem) {
        guard let caller = author.caller else { return }
        var lacking: JSON.Object = [:]
        lacking["permissions"] = Self.list(permissions.subtracting(caller.permissions))
        lacking["domains"] = domains(beyond: caller.domains)
        if caller.application != nil { lacking["scopes"] = Self.list(scopes.subtracting(caller.scopes)) }
        guard !lacking.isEmpty else { return }
        let words = lacking.members.map { name, value in
            "\(name): \(value.array?.compactMap(\.string).joined(separator: ", ") ?? "all")"
        }
        throw Problem(
            .forbidden,
            "The application may do what you may not. You lack \(words.joined(separator: "; ")).",
            extensions: ["lacking": .object(lacking)])
    }

    private func domains(beyond mine: Domains) -> JSON? {
        switch (domains, mine) {
        case (_, .all): nil
        case (.all, .some): "all"
        case (.some(let names), .some(let mine)): Self.list(names.subtracting(mine))
        }
    }

    private static func list(_ values: Set<some TextValue>) -> JSON? {
        values.isEmpty ? nil : .array(values.sorted().map(\.json))
    }
}
