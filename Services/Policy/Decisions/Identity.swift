import GatehouseModel
import GatehousePlatform

/// Who calls, and how far they reach, whatever the route.
final class Identity {
    let user: Fact.User
    /// Nil for a user in a browser.
    let application: Fact.Application?
    /// As headers say it.
    let userText: String
    let scopes: String
    let permissions: String
    let domains: String
    /// As an assertion says it.
    let scopeSet: Set<Scope>
    let permissionSet: Set<Permission>
    let domainSet: Domains

    /// Of a decision that allows.
    init?(_ decision: Decision, in state: AccessState) {
        guard let user = state.user(of: decision) else { return nil }
        self.user = Fact.User(user.id, name: user.name)
        if let application = state.application(of: decision) {
            guard let clientID = try? ClientID(application.clientID) else { return nil }
            self.application = Fact.Application(clientID, name: application.name)
        } else {
            application = nil
        }
        userText = user.id.text
        let scopes = state.scopes(of: decision)
        let permissions = state.permissions(of: decision)
        let domains = state.domains(of: decision)
        self.scopes = scopes.map(\.text).joined(separator: " ")
        self.permissions = permissions.map(\.text).joined(separator: " ")
        self.domains = domains.description
        scopeSet = Set(scopes)
        permissionSet = Set(permissions)
        domainSet = domains
    }
}
