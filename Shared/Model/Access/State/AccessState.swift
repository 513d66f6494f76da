/// Everything that decisions are made of, held in memory and changed in place, one entry at a time.
///
/// An entry that is not newer than what is held is ignored, so any may be applied twice or late.
public struct AccessState: Sendable {
    var names = TextPool()
    var applications = Rows<ApplicationRow>()
    var users = Rows<UserRow>()
    var roleSets = RoleSets()
    var domainSets = DomainSets()
    var scopes = ScopeVocabulary()
    var permissions = Interned<Permission>()
    var kinds = Interned<ComponentKind>()
    var routes: RouteRules
    var networks = AddressRanges.none
    var revocations = Revocations()
    var keys: [String: KeyEntry] = [:]

    private var catalogueRevision = Revision.unseen
    private var networksRevision = Revision.unseen

    /// Nobody is known yet; only Gatehouse's own routes are.
    public init() {
        routes = RouteRules(.empty, scopes: &scopes, permissions: &permissions, kinds: &kinds)
    }
}

extension AccessState {
    public mutating func apply(_ entry: ApplicationEntry) {
        let key = ClientKey(entry.clientID)
        let place = applications.place(of: key) ?? applications.append(ApplicationRow(key: key))
        guard entry.revision > applications[place].revision else { return }
        names.set(&applications[place].name, to: entry.name)
        applications[place].scopes = scopes.set(entry.scopes)
        applications[place].ranges = entry.ranges
        applications[place].minEpoch = entry.minEpoch
        applications[place].kind = entry.component.map { Int32(kinds.intern($0)) } ?? -1
        applications[place].isEnabled = entry.isEnabled
        applications[place].isDeleted = entry.isDeleted
        applications[place].revision = entry.revision
        compactNames()
    }

    public mutating func apply(_ entry: UserEntry) {
        let place = users.place(of: entry.id) ?? users.append(UserRow(key: entry.id))
        guard entry.revision > users[place].revision else { return }
        names.set(&users[place].name, to: entry.name)
        users[place].minEpoch = entry.minEpoch
        users[place].roles = roleSets.set(entry.roles)
        users[place].domains = domainSets.set(entry.domains)
        users[place].isActive = entry.isActive
        users[place].isDeleted = entry.isDeleted
        users[place].revision = entry.revision
        compactNames()
    }

    public mutating func apply(_ entry: RoleEntry) {
        let granted = Bits((entry.isDeleted ? [] : entry.permissions).map { permissions.intern($0) })
        roleSets.apply(entry.name, permissions: granted, revision: entry.revision)
    }

    public mutating func apply(_ catalogue: Catalogue, revision: Revision) {
        guard revision > catalogueRevision else { return }
        routes = RouteRules(catalogue, scopes: &scopes, permissions: &permissions, kinds: &kinds)
        catalogueRevision = revision
    }

    /// The general IP allow-list, whole.
    public mutating func apply(networks: AddressRanges, revision: Revision) {
        guard revision > networksRevision else { return }
        self.networks = networks
        networksRevision = revision
    }

    public mutating func apply(_ entry: RevocationEntry) {
        revocations.apply(entry)
    }

    public mutating func apply(_ entry: KeyEntry) {
        guard entry.revision > keys[entry.id]?.revision ?? .unseen else { return }
        keys[entry.id] = entry
    }

    /// Lets go of what tells nothing any more: revocations of tokens that have expired, and keys that have.
    public mutating func forget(expiredBefore time: Timestamp) {
        revocations.forget(expiredBefore: time)
        keys = keys.filter { $0.value.expires >= time }
    }

    private mutating func compactNames() {
        guard names.isWasteful else { return }
        var compact = TextPool()
        for place in applications.all.indices {
            compact.move(&applications[place].name, from: names)
        }
        for place in users.all.indices {
            compact.move(&users[place].name, from: names)
        }
        names = compact
    }
}

extension Revision {
    /// Before every revision: a schema's first rows have 0.
    static let unseen = Revision(-1)
}
