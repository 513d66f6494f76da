import GatehouseModel
import Testing

struct DecisionRuleTests {
    /// F54: only scope ∧ permission passes.
    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func `scope and permission decide together`(hasScope: Bool, hasPermission: Bool) throws {
        var world = try World()
        if !hasScope { world.claims.scopes = [try Scope("read:segments")] }
        if !hasPermission { world.role.permissions = [] }
        let expected: Reason? = !hasScope ? .insufficientScope : !hasPermission ? .permissionDenied : nil
        #expect(world.decide().reason == expected)
    }

    /// A3: narrowing bites at once, widening never widens a token.
    @Test func `a scope that the application gains is not the token's`() throws {
        var world = try World()
        world.claims.scopes = [try Scope("read:segments")]
        world.application.scopes = world.catalogue.allScopes.map(\.name)
        #expect(world.decide().reason == .insufficientScope)
    }

    @Test func `write does not imply read`() throws {
        var world = try World()
        world.request.method = "GET"
        world.claims.scopes = [try Scope("write:segments")]
        #expect(world.decide().reason == .insufficientScope)
    }

    @Test func `permissions are the union over the user's roles`() throws {
        var world = try World()
        world.role.permissions = []
        world.user.roles.append(try RoleName("Analyst"))
        var state = world.state
        #expect(world.decide(in: state).reason == .permissionDenied)
        state.apply(
            RoleEntry(
                name: try RoleName("Analyst"), permissions: world.catalogue.permissions.map(\.name),
                revision: Revision(9)))
        #expect(world.decide(in: state).isAllowed)
        #expect(try state.permissions(of: world.decide(in: state)).contains(Permission("READ_PROFILES")))
    }

    @Test(arguments: [
        ("GET", ["MANAGE_ROLES"], true), ("GET", ["MANAGE_SEGMENTS"], false), ("GET", [], false),
        ("PUT", ["MANAGE_USERS", "MANAGE_ROLES", "MANAGE_IP_BASED_ACCESS_SETTINGS"], true),
        ("PUT", ["MANAGE_USERS", "MANAGE_ROLES"], false), ("PUT", [], false),
    ])
    func `the catalogue is read by any of its managers and written by one who is all`(
        method: String, permissions: [String], isAllowed: Bool
    ) throws {
        var world = try World()
        world.request.method = method
        world.request.target = "/api/v1/catalogue"
        world.claims.scopes = [try Scope("read:access"), try Scope("write:access")]
        world.application.scopes = world.claims.scopes
        world.role.permissions = try permissions.map { try Permission($0) }
        #expect(world.decide().reason == (isAllowed ? nil : .permissionDenied))
    }

    @Test func `the directory is written by scope alone`() throws {
        var world = try World()
        world.request.target = "/api/v1/objects/segment/7"
        world.claims.scopes = [try Scope("write:access")]
        world.application.scopes = world.claims.scopes
        world.role.permissions = []
        #expect(world.decide().isAllowed)
    }

    @Test func `Gatehouse's own routes need no line of the catalogue`() throws {
        var world = try World()
        world.catalogue = .empty
        world.request.method = "GET"
        world.request.target = "/api/v1/users/9"
        world.claims.scopes = [try Scope("read:access")]
        world.application.scopes = world.claims.scopes
        world.role.permissions = [try Permission("MANAGE_USERS")]
        #expect(world.decide().isAllowed)
    }

    /// A6: an empty list is no restriction; A7: both must allow.
    @Test(
        arguments: [
            ([], [], true), (["203.0.113.0/24"], [], true), ([], ["203.0.113.5"], true),
            (["203.0.113.0/24"], ["203.0.113.5"], true),
            (["203.0.113.0/24"], ["10.0.0.0/8"], false), (["10.0.0.0/8"], ["203.0.113.5"], false),
            (["::/0"], [], false),
            (["::ffff:203.0.113.0/120"], [], true),
        ] as [([String], [String], Bool)])
    func `both IP lists must allow`(general: [String], own: [String], isAllowed: Bool) throws {
        var world = try World()
        world.networks = AddressRanges(try general.map { try AddressRange($0) })
        world.application.ranges = AddressRanges(try own.map { try AddressRange($0) })
        #expect(world.decide().isAllowed == isAllowed)
    }

    @Test func `a token is good until it expires and, for slow clocks, a leeway longer`() throws {
        var world = try World()
        world.claims.expires = World.now - .microseconds(29_999_999)
        #expect(world.decide().isAllowed)
        world.moment.leeway = .zero
        #expect(world.decide().reason == .tokenExpired)
    }

    @Test(arguments: [(1, 1, true), (2, 1, true), (1, 2, false)])
    func `an epoch is valid while it is at least the minimum`(epoch: Int64, minimum: Int64, isAllowed: Bool) throws {
        var byApplication = try World()
        byApplication.claims.epoch = epoch
        byApplication.application.minEpoch = minimum
        #expect(byApplication.decide().isAllowed == isAllowed)
        var byUser = try World()
        byUser.claims.userEpoch = epoch
        byUser.user.minEpoch = minimum
        #expect(byUser.decide().isAllowed == isAllowed)
    }
}

/// 03: what is checked of internal applications, and what is skipped.
struct InternalApplicationTests {
    private func world(_ method: String, _ target: String) throws -> World {
        var world = try World()
        world.application.component = try ComponentKind("connection")
        world.application.scopes = []
        world.claims.scopes = []
        world.claims.user = .system
        world.user.id = .system
        world.user.roles = []
        world.request.method = method
        world.request.target = target
        return world
    }

    @Test func `a connection calls the routes of its kind, under the system user, in all domains`() throws {
        let world = try world("PUT", "/rest/v2/profiles")
        let state = world.state
        let decision = world.decide(in: state)
        #expect(decision.isAllowed)
        #expect(
            decision.skipped == [
                .userUnknown, .userInactive, .ipDeniedApplication, .crossSite, .insufficientScope, .permissionDenied,
                .domainDenied,
            ])
        #expect(state.user(of: decision)?.id == .system)
        #expect(state.domains(of: decision) == .all)
        #expect(state.scopes(of: decision).isEmpty && state.permissions(of: decision).isEmpty)
    }

    @Test(arguments: [("DELETE", "/rest/v2/profiles/1"), ("GET", "/rest/v2/users"), ("GET", "/api/v1/applications")])
    func `it calls no other`(method: String, target: String) throws {
        #expect(try world(method, target).decide().reason == .internalRuleDenied)
    }

    @Test func `its token, its state and the general list are checked`() throws {
        let reasons: [Reason] = [
            .stateStale, .tokenMissing, .tokenMalformed, .tokenExpired, .applicationUnknown, .applicationDisabled,
            .ipUnresolved, .ipDeniedGeneral, .routeUnknown,
        ]
        for fault in Fault.all where reasons.contains(fault.reason) {
            var world = try world("PUT", "/rest/v2/profiles")
            try fault.spoil(&world)
            #expect(world.decide().reason == fault.reason, "\(fault.testDescription)")
        }
        var revoked = try world("PUT", "/rest/v2/profiles")
        revoked.application.minEpoch = 2
        #expect(revoked.decide().reason == .tokenRevoked)
        var unlisted = try world("PUT", "/rest/v2/profiles")
        unlisted.application.ranges = AddressRanges([try AddressRange("10.0.0.0/8")])
        #expect(unlisted.decide().isAllowed)
    }
}
