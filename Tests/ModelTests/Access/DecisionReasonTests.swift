import GatehouseModel
import Testing

/// One way to spoil the world, and the reason that it gives.
struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let reason: Reason
    let spoil: @Sendable (inout World) throws -> Void

    init(_ reason: Reason, _ name: String, _ spoil: @escaping @Sendable (inout World) throws -> Void) {
        self.reason = reason
        self.name = name
        self.spoil = spoil
    }

    var testDescription: String { "\(reason.rawValue): \(name)" }

    /// Whether both can be wrong at once, and both are looked at.
    func canMeet(_ other: Fault) -> Bool {
        Self.apart.allSatisfy { one, another in
            !(one(self) && another(other)) && !(one(other) && another(self))
        }
    }

    private static let apart: [(@Sendable (Fault) -> Bool, @Sendable (Fault) -> Bool)] = [
        // No token and a bad one.
        ({ $0.reason == .tokenMissing }, { $0.name == "not ours" }),
        // Nobody knows the epoch of a user of whom nobody heard.
        ({ $0.name == "by the user's epoch" }, { $0.reason == .userUnknown && $0.name != "deleted" }),
        // Of an internal application these are not checked (03).
        (
            { $0.reason == .internalRuleDenied },
            {
                [.userUnknown, .userInactive, .ipDeniedApplication].contains($0.reason)
                    || $0.name == "by the user's epoch"
            }
        ),
    ]

    /// Every reason but `cross_site`, which no token can meet.
    static let all: [Fault] = [
        Fault(.stateStale, "the lease has ended") { $0.moment.isFresh = false },
        Fault(.tokenMissing, "no token") { $0.hasToken = false },
        Fault(.tokenMalformed, "not ours") {
            $0.hasToken = false
            $0.request.credential = .malformed
        },
        Fault(.tokenMalformed, "key unknown") { $0.claims.key = "k2" },
        Fault(.tokenMalformed, "key deleted") { $0.key.isDeleted = true },
        Fault(.tokenMalformed, "key expired") { $0.key.expires = World.now - .seconds(30) },
        Fault(.tokenExpired, "long ago") { $0.claims.expires = World.now - .seconds(3_600) },
        Fault(.tokenExpired, "exactly by the leeway") { $0.claims.expires = World.now - .seconds(30) },
        Fault(.applicationUnknown, "never heard of") {
            $0.claims.clientID = try ClientID("x3JAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        },
        Fault(.applicationUnknown, "deleted") { $0.application.isDeleted = true },
        Fault(.applicationDisabled, "disabled") { $0.application.isEnabled = false },
        Fault(.tokenRevoked, "by the application's epoch") { $0.application.minEpoch = 2 },
        Fault(.tokenRevoked, "by the user's epoch") { $0.user.minEpoch = 2 },
        Fault(.tokenRevoked, "alone") {
            $0.revocations = [.init(subject: .token($0.claims.id), expires: $0.claims.expires, revision: Revision(1))]
        },
        Fault(.tokenRevoked, "with its grant") {
            $0.revocations = [.init(subject: .grant(ID(hi: 5, lo: 6)), expires: .latest, revision: Revision(1))]
        },
        Fault(.userUnknown, "never heard of") { $0.claims.user = UserID(hi: 1, lo: 3) },
        Fault(.userUnknown, "deleted") { $0.user.isDeleted = true },
        Fault(.userUnknown, "the system user, under whom no user-defined application acts") {
            $0.user.id = .system
            $0.claims.user = .system
        },
        Fault(.userInactive, "deactivated") { $0.user.isActive = false },
        Fault(.ipUnresolved, "unresolved") { $0.request.origin = .unresolved },
        Fault(.ipDeniedGeneral, "outside the general list") {
            $0.networks = AddressRanges([try AddressRange("10.0.0.0/8")])
        },
        Fault(.ipDeniedGeneral, "IPv4 is not within all of IPv6") {
            $0.networks = AddressRanges([try AddressRange("::/0")])
        },
        Fault(.ipDeniedApplication, "outside its own list") {
            $0.application.ranges = AddressRanges([try AddressRange("10.0.0.0/8")])
        },
        Fault(.routeUnknown, "no such path") { $0.request.target = "/rest/v2/secrets" },
        Fault(.routeUnknown, "no such method") { $0.request.method = "TRACE" },
        Fault(.routeUnknown, "methods are in capitals") { $0.request.method = "put" },
        Fault(.routeUnknown, "trailing slash") { $0.request.target = "/rest/v2/segments/7/" },
        Fault(.routeUnknown, "cleaned by nobody") { $0.request.target = "/rest/v2/profiles/../segments/7" },
        Fault(.internalRuleDenied, "a route of no connection") {
            $0.application.component = try ComponentKind("connection")
        },
        Fault(.internalRuleDenied, "a kind without rules") { $0.application.component = try ComponentKind("toaster") },
        Fault(.insufficientScope, "the token lacks it") { $0.claims.scopes = [try Scope("read:segments")] },
        Fault(.insufficientScope, "the application lost it") { $0.application.scopes = [try Scope("read:segments")] },
        Fault(.permissionDenied, "the role lost it") { $0.role.permissions = [try Permission("READ_PROFILES")] },
        Fault(.permissionDenied, "the user lost the role") { $0.user.roles = [] },
        Fault(.permissionDenied, "the role is deleted") { $0.role.isDeleted = true },
        Fault(.domainDenied, "another domain") { $0.user.domains = .some([try DomainName("news.example.com")]) },
        Fault(.domainDenied, "no domain") { $0.user.domains = .none },
        Fault(.domainDenied, "an object nobody registered") { $0.request.objectDomains = .unknown },
        Fault(.domainDenied, "an object nobody asked for") { $0.request.objectDomains = .unasked },
    ]
}

struct DecisionReasonTests {
    @Test func `the world as it is allows, every check that applies has passed`() throws {
        let world = try World()
        let state = world.state
        let decision = world.decide(in: state)
        #expect(decision.isAllowed && decision.reason == nil)
        #expect(decision.skipped == [.internalRuleDenied, .crossSite])
        #expect(state.application(of: decision)?.clientID == world.application.clientID.text)
        #expect(state.application(of: decision)?.name == "Shop sync")
        #expect(state.user(of: decision)?.id == world.user.id)
        #expect(state.user(of: decision)?.name == "Ann")
        #expect(state.route(of: decision)?.description == "PUT /rest/v2/segments/{id}")
        #expect(state.scopes(of: decision) == world.claims.scopes)
        #expect(state.permissions(of: decision) == world.role.permissions)
        #expect(state.domains(of: decision) == world.user.domains)
    }

    @Test(arguments: Fault.all)
    func `each fault alone is its reason and fails no other check`(fault: Fault) throws {
        var world = try World()
        try fault.spoil(&world)
        let decision = world.decide()
        #expect(decision.reason == fault.reason)
        #expect(decision.failures == [fault.reason])
    }

    @Test func `every reason is reached but the one that needs a session`() {
        #expect(Set(Fault.all.map(\.reason)) == Set(Reason.allCases).subtracting([.crossSite]))
    }

    @Test(arguments: Fault.all)
    func `of two faults the earlier is the reason`(fault: Fault) throws {
        for other in Fault.all {
            guard fault.canMeet(other) else { continue }
            var world = try World()
            try fault.spoil(&world)
            try other.spoil(&world)
            let reasons = [fault.reason, other.reason]
            let first = Reason.allCases.first(where: reasons.contains)
            #expect(world.decide().reason == first, "\(fault.testDescription) + \(other.testDescription)")
        }
    }

    @Test func `a refusal for its scope tells which scope is needed`() throws {
        var world = try World()
        world.claims.scopes = []
        let state = world.state
        let decision = world.decide(in: state)
        #expect(decision.reason == .insufficientScope)
        #expect(state.route(of: decision)?.scope.text == "write:segments")
    }

    @Test func `an expired token still tells whose it was, a forged one does not`() throws {
        var world = try World()
        world.claims.expires = World.now - .seconds(60)
        let state = world.state
        #expect(state.user(of: world.decide(in: state))?.name == "Ann")
        world.claims.key = "forged"
        let forged = world.decide(in: state)
        #expect(state.user(of: forged) == nil && state.application(of: forged) == nil)
    }

    @Test func `without an address the IP lists are skipped, and say so`() throws {
        var world = try World()
        world.request.origin = .unstated
        world.networks = AddressRanges([try AddressRange("10.0.0.0/8")])
        let decision = world.decide()
        #expect(decision.isAllowed)
        #expect(decision.skipped.contains([.ipUnresolved, .ipDeniedGeneral, .ipDeniedApplication]))
    }

    @Test(arguments: ["GET", "HEAD"])
    func `HEAD is decided as GET`(method: String) throws {
        var world = try World()
        world.request.method = method
        world.claims.scopes = [try Scope("read:segments")]
        let state = world.state
        let decision = world.decide(in: state)
        #expect(decision.isAllowed)
        #expect(state.route(of: decision)?.description == "GET /rest/v2/segments/{id}")
    }
}
