package import GatehouseJSON
package import GatehouseModel
package import GatehousePlatform
package import GatehousePostgres

/// `registry bootstrap`: the first client, with every scope of the catalogue. On the host only, with the owner's role.
package struct Bootstrap {
    /// Why there is no first client.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case notTheFirst
        case noUser(UserID)
        case emptyCatalogue

        package var description: String {
            switch self {
            case .notTheFirst: "an application exists already: it can make others"
            case .noUser(let id): "\(id) is not the id of an active user: policy bootstrap makes the first"
            case .emptyCatalogue: "the catalogue has no scopes: run policy migrate, and policy bootstrap"
            }
        }
    }

    package static let command = HostCommand(
        "bootstrap", usage: "bootstrap --run-as ID [--name NAME]   make the first client, and print its secret",
        options: ["run-as", "name"]
    ) { host, arguments in
        let settings = try RegistrySettings(host.configuration)
        let bootstrap = Bootstrap(host.postgres, settings)
        let made = try await bootstrap.run(
            as: UserID(arguments.required("run-as")), named: ApplicationName(arguments["name"] ?? "Administration"),
            at: .now())
        print(made.json.text)
        // Whoever starts when this command has ended is decided with it.
        _ = await host.barrier?.wait(for: made.revision)
    }

    private let postgres: Postgres
    private let settings: RegistrySettings
    private let published: PublishedStore

    package init(_ postgres: Postgres, _ settings: RegistrySettings) {
        self.postgres = postgres
        self.settings = settings
        published = PublishedStore(postgres: postgres)
    }

    /// What is printed, once.
    package struct Client: Sendable {
        package let id: ClientID
        package let secret: String
        let revision: Revision

        package var json: JSON { ["client_id": id.json, "client_secret": .string(secret)] }
    }

    package func run(as user: UserID, named name: ApplicationName, at time: Timestamp) async throws -> Client {
        guard let found = try await published.user(user), found.isActive, !found.isSystem else {
            throw Failure.noUser(user)
        }
        let scopes = try await published.scopes()
        guard !scopes.isEmpty else { throw Failure.emptyCatalogue }
        let profile = Application.Profile(
            name: name, description: .empty, flow: .clientCredentials, redirectURIs: [], websiteURL: nil,
            scopes: scopes, ranges: [], runAs: user, isEnabled: true, keys: nil)
        var random = SystemRandomNumberGenerator()
        let id = ClientID(random: &random)
        let secret = NewSecret(under: settings.peppers)
        let change = Change.creation(of: id, profile, by: .host(at: time))
        let made = try await BootstrapStore(postgres: postgres).create(id, profile, under: user, secret, change)
        return Client(id: id, secret: secret.text, revision: made.revision)
    }
}
