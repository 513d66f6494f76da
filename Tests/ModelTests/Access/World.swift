import GatehouseModel

/// A small world in which a request is allowed, to be spoilt by each test in its own way.
struct World {
    static let now = Timestamp(seconds: 1_800_000_000)

    private static let defaultCatalogue = Result { try DefaultCatalogueTests.catalogue() }

    var catalogue: Catalogue
    var application: ApplicationEntry
    var user: UserEntry
    var role: RoleEntry
    var key = KeyEntry(id: "k1", expires: now + .seconds(86_400), revision: Revision(1))
    var networks = AddressRanges.none
    var revocations: [RevocationEntry] = []
    var claims: AccessToken.Claims
    var request: AccessRequest
    var headers: [String: [String]] = [:]
    var moment = AccessMoment(now: now)
    var hasToken = true

    /// Ann changes a segment of her shop by `Shop sync`.
    init() throws {
        let scopes = [try Scope("read:segments"), try Scope("write:segments")]
        let shop = try DomainName("shop.example.com")
        catalogue = try Self.defaultCatalogue.get()
        application = ApplicationEntry(
            clientID: try ClientID("k3JAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), name: "Shop sync", scopes: scopes,
            revision: Revision(1))
        user = UserEntry(
            id: UserID(hi: 1, lo: 2), name: "Ann", roles: [try RoleName("Marketer")], domains: .some([shop]),
            revision: Revision(1))
        role = RoleEntry(
            name: try RoleName("Marketer"), permissions: [try Permission("MANAGE_SEGMENTS")], revision: Revision(1))
        claims = AccessToken.Claims(
            id: ID(hi: 3, lo: 4), clientID: application.clientID, user: user.id, scopes: scopes,
            expires: Self.now + .seconds(600), epoch: 1, userEpoch: 1, grant: ID(hi: 5, lo: 6), key: "k1")
        request = AccessRequest(
            credential: .missing, method: "PUT", target: "/rest/v2/segments/7",
            origin: .address(try Address("203.0.113.5")), objectDomains: .known([shop]))
    }

    var state: AccessState {
        var state = AccessState()
        state.apply(catalogue, revision: Revision(1))
        state.apply(application)
        state.apply(user)
        state.apply(role)
        state.apply(key)
        state.apply(networks: networks, revision: Revision(1))
        for revocation in revocations { state.apply(revocation) }
        return state
    }

    func decide() -> Decision { decide(in: state) }

    func decide(in state: AccessState) -> Decision {
        decide(in: state, AccessToken(claims, for: state))
    }

    func decide(in state: AccessState, _ token: AccessToken) -> Decision {
        var request = request
        if hasToken { request.credential = .token(token) }
        return state.decide(request, at: moment) { StatedParameter(lines: headers[$0] ?? []) }
    }
}

extension Decision {
    var failures: [Reason] { Reason.allCases.filter { checks[$0] == .fail } }
    var skipped: [Reason] { Reason.allCases.filter { checks[$0] == .skip } }
}
