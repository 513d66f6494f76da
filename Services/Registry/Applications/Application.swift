import GatehouseJSON
import GatehouseModel

/// What may call the organisation's API: registered by a user, or a component of the product itself (F2, F4).
struct Application: Sendable, Hashable {
    let clientID: ClientID
    let profile: Profile
    /// Of an internal application: read-only (F6).
    let component: Component?
    let secret: Secret
    let revision: Revision
    let created: Stamp
    let updated: Stamp
    var attention: [Attention] = []

    /// What users state of an application.
    struct Profile: Sendable, Hashable {
        var name: ApplicationName
        var description: Note
        var flow: Flow
        var redirectURIs: [RedirectURI]
        var websiteURL: WebsiteURL?
        var scopes: [Scope]
        var ranges: [NotedRange]
        var runAs: UserID?
        var isEnabled: Bool
        /// Nil: it proves itself by its secret alone.
        var keys: ClientKeys?
    }

    struct Stamp: Sendable, Hashable {
        let time: Timestamp
        let user: UserID
    }

    enum Definer: String, CaseIterable, Sendable, JSONReadable { case user, `internal` }

    var definer: Definer { component == nil ? .user : .internal }
}

extension Application.Profile {
    /// Under whom the application acts: the flow of codes has a user for each grant, whatever is kept here (A20).
    var actingUser: UserID? { flow == .clientCredentials ? runAs : nil }

    /// Whether the application may do, or is given, anything that it was not before (A27).
    func widens(_ old: Application.Profile) -> Bool {
        !Set(scopes).isSubset(of: old.scopes) || !Set(redirectURIs).isSubset(of: old.redirectURIs)
            || flow != old.flow || actingUser != old.actingUser || (isEnabled && !old.isEnabled) || widensAddresses(old)
            || keys?.adds(to: old.keys) == true
    }

    /// Whether its secret works from where it did not. An empty list holds nobody back.
    private func widensAddresses(_ old: Application.Profile) -> Bool {
        guard ranges != old.ranges, !old.ranges.isEmpty else { return false }
        return ranges.isEmpty
            || !AddressRanges(old.ranges.map(\.range)).contains(AddressRanges(ranges.map(\.range)))
    }
}

extension Application {
    var json: JSON.Object {
        var json: JSON.Object = [
            "client_id": clientID.json, "name": profile.name.json, "description": profile.description.json,
            "defined_by": .string(definer.rawValue),
        ]
        if let component { json["component"] = component.json }
        for (name, value) in profile.settings.members { json[name] = value }
        json["secret"] = secret.json
        json["attention"] = .array(attention.map { .string($0.rawValue) })
        json["revision"] = revision.json
        json["created_at"] = created.time.json
        json["created_by"] = created.user.json
        json["updated_at"] = updated.time.json
        json["updated_by"] = updated.user.json
        return json
    }
}

extension Application.Profile {
    /// As facts state it: of its keys, which they are.
    var json: JSON.Object {
        var json: JSON.Object = ["name": name.json, "description": description.json]
        for (name, value) in settings.members { json[name] = value }
        json["jwks"] = keys?.summary ?? .null
        return json
    }

    fileprivate var settings: JSON.Object {
        [
            "flow": .string(flow.rawValue), "redirect_uris": .array(redirectURIs.map(\.json)),
            "website_url": websiteURL?.json ?? .null, "logo": nil, "scopes": .array(scopes.map(\.json)),
            "ip_ranges": .array(ranges.map(\.json)), "run_as": runAs?.json ?? .null, "enabled": .bool(isEnabled),
            "jwks": keys?.json ?? .null,
        ]
    }
}
