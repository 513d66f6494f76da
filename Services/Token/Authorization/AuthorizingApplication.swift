package import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// An application that asks for a user's consent, as the registry publishes it.
package final class AuthorizingApplication: Sendable {
    let id: ClientID
    let name: String
    let website: WebsiteURL?
    let redirectURIs: [RedirectURI]
    let flow: Flow
    let scopes: [Scope]
    let enabled: Bool

    package init(
        id: ClientID, name: String, website: WebsiteURL?, redirectURIs: [RedirectURI], flow: Flow, scopes: [Scope],
        enabled: Bool
    ) {
        self.id = id
        self.name = name
        self.website = website
        self.redirectURIs = redirectURIs
        self.flow = flow
        self.scopes = scopes
        self.enabled = enabled
    }

    convenience init(row: inout RowReader) throws {
        let id = try row.value(ClientID.self)
        let name = try row.text()
        let website = try row.optionalText().flatMap { try? WebsiteURL($0) }
        let redirectURIs = try row.texts().compactMap { try? RedirectURI($0) }
        guard let flow = Flow(rawValue: try row.text()) else { throw PostgresError.decoding("unknown flow") }
        self.init(
            id: id, name: name, website: website, redirectURIs: redirectURIs, flow: flow,
            scopes: try row.texts().map { try Scope($0) }, enabled: try row.bool())
    }
}
