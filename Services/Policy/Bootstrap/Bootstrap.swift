import GatehouseJSON
package import GatehouseModel
package import GatehousePlatform
package import GatehousePostgres

/// `policy bootstrap`: the default catalogue, roles and domains, and the first administrator. On the host only, with the owner's role.
package struct Bootstrap {
    /// The role that has everything.
    private static let administration = "Application Manager"

    package enum Failure: Error, Hashable, CustomStringConvertible {
        case otherAdministrator

        package var description: String { "a user exists already: administrators make others" }
    }

    package static let command = HostCommand(
        "bootstrap", usage: "bootstrap --email ADDRESS [--name NAME]   make the first administrator, and print the id",
        options: ["email", "name"]
    ) { host, arguments in
        let email = try EmailAddress(arguments.required("email"))
        let name = try Name(arguments["name"] ?? "Administrator")
        print(try await Bootstrap(postgres: host.postgres).run(email, name, at: .now()).text)
    }

    let postgres: Postgres

    package init(postgres: Postgres) { self.postgres = postgres }

    /// The administrator's id; the same one for the same address, however often it is asked for.
    package func run(_ email: EmailAddress, _ name: Name, at now: Timestamp) async throws -> UserID {
        let catalogue = try Catalogue(parsing: PackageResources.default_catalogue_json)
        let roles = try JSON(parsing: PackageResources.default_roles_json)
        return try await postgres.transaction { connection in
            let store = BootstrapStore(connection: connection)
            // Before the look: what others have committed is seen, and nobody commits meanwhile (04 § Heads).
            let revision = try await store.lockHead()
            if let known = try await store.administrator(email) { return known }
            guard try await store.isEmpty() else { throw Failure.otherAdministrator }
            let id = UserID(ID<Fact.User>.fresh(at: now))
            try await store.load(catalogue, roles, at: revision)
            try await store.add(id, email, name, role: Self.administration, at: revision)
            let fact = Fact(
                by: Fact.User(.system, name: "System"), through: nil, .create, .user,
                [Fact.Object(id.text, name: name.text)])
            try await store.tell(
                OutgoingFact(.userCreated, key: "user/\(id.text)", subject: id.text, data: fact.json, at: now))
            return id
        }
    }
}

extension UserID {
    fileprivate init(_ id: ID<Fact.User>) { self.init(hi: id.hi, lo: id.lo) }
}
