import GatehouseCrypto
package import GatehouseModel
package import GatehousePlatform
package import GatehousePostgres

/// `policy bootstrap`: the default catalogue, roles and domains, and the first administrator. On the host only, with the owner's role.
package struct Bootstrap {
    /// Why there is no first administrator.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case notTheFirst
        case taken(EmailAddress)

        package var description: String {
            switch self {
            case .notTheFirst: "an administrator exists already: they can make others"
            case .taken(let email): "a user with the address \(email) exists, and is no administrator"
            }
        }
    }

    package static let command = HostCommand(
        "bootstrap",
        usage: "bootstrap --email EMAIL [--name NAME]   make the first administrator; print the id, for token invite",
        options: ["email", "name"]
    ) { host, arguments in
        let email = try EmailAddress(arguments.required("email"))
        let name = try Name(arguments["name"] ?? "Administrator")
        let bootstrap = Bootstrap(postgres: host.postgres, domain: try productDomain(host.configuration))
        print(try await bootstrap.run(email, name, at: .now()).text)
    }

    /// Of the system user's e-mail address.
    static func productDomain(_ configuration: Configuration) throws -> DomainName {
        let domain = try configuration.text("PRODUCT_DOMAIN", default: "example.com")
        do {
            return try DomainName(domain)
        } catch {
            throw Configuration.Failure("PRODUCT_DOMAIN", "'\(domain)' \(error.detail)")
        }
    }

    private let store: BootstrapStore
    private let domain: DomainName

    package init(postgres: Postgres, domain: DomainName) {
        store = BootstrapStore(postgres: postgres)
        self.domain = domain
    }

    /// The id of the administrator; asked for the same one again, the same id, and nothing is changed.
    package func run(_ email: EmailAddress, _ name: Name, at time: Timestamp) async throws -> UserID {
        let author = Author.host(at: time)
        let catalogue = try Defaults.catalogue()
        let everything = Set(catalogue.allPermissions.map(\.name))
        let administrators = try RoleName(Defaults.administrators)
        let roles = try Defaults.roles().map { $0.name == administrators ? ($0.name, everything) : $0 }
        let domains = try Defaults.domains()
        let system = try EmailAddress("system@\(domain)")
        let profile = User.Profile(
            email: email, name: name, externalID: nil, roles: [administrators], domains: .all, isActive: true)
        let id = UserID(at: time, random: (Random.uint64(), Random.uint64()))
        return try await store.run { installation in
            if let known = try await installation.administrator(email) { return known }
            try await installation.name(system, by: author)
            try await installation.load(catalogue, by: author)
            for (name, permissions) in roles { try await installation.make(name, permissions, by: author) }
            for name in domains { try await installation.make(name, by: author) }
            try await installation.make(id, profile, by: author)
            return id
        }
    }
}
