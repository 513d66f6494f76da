import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of internal applications: one for each component, under the system user, without scopes (F7–F10).
struct Components {
    /// Why a component is not added or removed.
    enum Failure: Error, CustomStringConvertible {
        case unknownKind(ComponentKind, known: [ComponentKind])
        case absent(Component)
        case present(Component)
        /// Whether it was made cannot be told: the connection ended while it was.
        case unclear(Component, credentials: String)

        var description: String {
            switch self {
            case .unknownKind(let kind, let known):
                "the catalogue has no rules for the kind '\(kind.text)'; it has some for: "
                    + (known.isEmpty ? "none (run policy bootstrap)" : known.map(\.text).joined(separator: ", "))
            case .absent(let component): "there is no \(component.title)"
            case .present(let component): "\(component.title) has credentials already"
            case .unclear(let component, let file):
                "the database went away: look whether \(component.title) exists; if so, \(file) has its credentials"
            }
        }
    }

    private let peppers: Peppers
    private let store: ApplicationStore
    private let published: PublishedStore

    init(_ postgres: Postgres, _ peppers: Peppers) {
        self.peppers = peppers
        store = ApplicationStore(postgres: postgres)
        published = PublishedStore(postgres: postgres)
    }

    /// The credentials are in their file before they are worth anything, and gone from it if they never are.
    func add(_ component: Component, credentials path: String, at time: Timestamp) async throws -> Application {
        let kinds = try await published.componentKinds()
        guard kinds.contains(component.kind) else { throw Failure.unknownKind(component.kind, known: kinds) }
        if try await store.find(component) != nil { throw Failure.present(component) }
        let profile = Application.Profile(
            name: try ApplicationName(component.title), description: .empty, flow: .clientCredentials,
            redirectURIs: [], websiteURL: nil, scopes: [], ranges: [], runAs: .system, isEnabled: true,
            keys: nil)
        var random = SystemRandomNumberGenerator()
        let id = ClientID(random: &random)
        let secret = NewSecret(under: peppers)
        let file = try CredentialsFile(path)
        do {
            try file.write(["client_id": id.json, "client_secret": .string(secret.text)])
            return try await store.create(
                id, profile, secret, .creation(of: id, profile, by: .host(at: time)), component: component)
        } catch let problem as Problem where problem.kind == .unavailable {
            throw Failure.unclear(component, credentials: path)
        } catch {
            file.remove()
            throw error
        }
    }

    func remove(_ component: Component, at time: Timestamp) async throws -> (clientID: ClientID, revision: Revision) {
        while let application = try await store.find(component) {
            let change = Change(
                .applicationDeleted, .delete, of: application.clientID, named: application.profile.name,
                by: .host(at: time))
            // Nil: somebody was faster.
            if let revision = try await store.delete(application, change) { return (application.clientID, revision) }
        }
        throw Failure.absent(component)
    }
}
