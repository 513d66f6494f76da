import GatehouseModel

/// Who is in memory while the decisions are measured.
struct World {
    private let catalogue: Catalogue
    private let clients: [ClientID]
    private let roles: [RoleEntry]
    private let domains: [DomainName]
    private var random = SystemRandomNumberGenerator()

    init(_ catalogue: Catalogue) throws {
        self.catalogue = catalogue
        var random = SystemRandomNumberGenerator()
        clients = (0..<100_000).map { _ in ClientID(random: &random) }
        roles = try (0..<7).map {
            RoleEntry(
                name: try RoleName("Role \($0)"), permissions: catalogue.permissions.map(\.name), revision: Revision(1))
        }
        domains = try (0..<50).map { try DomainName("shop\($0).example.com") }
    }

    func applyApplications(to state: inout AccessState) {
        state.apply(catalogue, revision: Revision(1))
        state.apply(KeyEntry(id: "key-1", expires: .latest, revision: Revision(1)))
        for role in roles { state.apply(role) }
        let scopes = catalogue.allScopes.map(\.name)
        for (number, client) in clients.enumerated() {
            state.apply(
                ApplicationEntry(
                    clientID: client, name: "Application number \(number)", scopes: scopes, revision: Revision(1)))
        }
    }

    /// Each with two of seven roles and one to three of fifty domains.
    mutating func applyUsers(to state: inout AccessState) {
        for number in 0..<1_000_000 {
            let some = Set((0..<3).map { _ in domains[Int.random(in: domains.indices, using: &random)] })
            state.apply(
                UserEntry(
                    id: user(number), name: "First\(number) Last\(number)",
                    roles: [roles[number % 7].name, roles[number / 7 % 7].name], domains: .some(some),
                    revision: Revision(1)))
        }
    }

    func tokens(_ count: Int, for state: AccessState) -> [AccessToken] {
        let scopes = catalogue.allScopes.map(\.name)
        return (0..<count).map { number in
            AccessToken(
                AccessToken.Claims(
                    id: ID(hi: UInt64(number), lo: 1), clientID: clients[number * 7_919 % clients.count],
                    user: user(number * 104_729 % 1_000_000), scopes: scopes, expires: Decisions.now + .seconds(600),
                    epoch: 1, userEpoch: 1, key: "key-1"),
                for: state)
        }
    }

    private func user(_ number: Int) -> UserID {
        UserID(hi: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, lo: 1 << 63 | UInt64(number))
    }

    static func address(_ number: Int) throws -> Address {
        try Address("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
    }

    /// Each 255 of 256 addresses, so that none are joined.
    static func networks(_ count: Int) throws -> [AddressRange] {
        try (0..<count).map { try AddressRange("10.\($0 >> 8).\($0 & 255).0-10.\($0 >> 8).\($0 & 255).254") }
    }
}
