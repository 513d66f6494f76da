import GatehouseJSON
public import GatehouseModel

/// What one may do who holds it. Nobody gives what they lack (A27): whoever hands it on, or takes it away, holds all of it.
public struct Authority: Sendable, Hashable {
    public let permissions: Set<Permission>
    public let domains: Domains
    public let scopes: Set<Scope>

    public init(permissions: Set<Permission>, domains: Domains, scopes: Set<Scope> = []) {
        self.permissions = permissions
        self.domains = domains
        self.scopes = scopes
    }

    /// Forbidden where the author holds less, saying what is lacking. `detail` begins the sentence: `The application may do …`.
    public func demand(of author: Author, _ detail: String) throws(Problem) {
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
            .forbidden, "\(detail) You lack \(words.joined(separator: "; ")).",
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
