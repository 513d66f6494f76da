import GatehouseModel
import Testing

@Suite struct `A decision on a session` {
    /// Ann may manage users now; her session is asked about our own route.
    private func world() throws -> World {
        var world = try World()
        world.role = RoleEntry(
            name: world.role.name, permissions: [try Permission("MANAGE_USERS")], revision: Revision(1))
        world.request.method = "PATCH"
        world.request.target = "/api/v1/users/\(world.user.id)"
        world.request.credential = .session(session(world))
        world.hasToken = false
        return world
    }

    private func session(
        _ world: World, epoch: Int64 = 1, expires: Timestamp = World.now + .seconds(60), isFromOurSite: Bool = true
    ) -> AccessSession {
        AccessSession(user: world.user.id, userEpoch: epoch, expires: expires, isFromOurSite: isFromOurSite)
    }

    @Test func `is by the user's permission, and asks no scope and no application`() throws {
        let world = try world()
        let decision = world.decide()
        #expect(decision.isAllowed, "\(decision.failures)")
        #expect(
            decision.skipped == [
                .tokenMalformed, .applicationUnknown, .applicationDisabled, .ipDeniedApplication, .internalRuleDenied,
                .insufficientScope, .domainDenied,
            ])
        let state = world.state
        #expect(state.application(of: decision) == nil && state.scopes(of: decision).isEmpty)
        #expect(state.user(of: decision)?.id == world.user.id)
        #expect(state.permissions(of: decision).map(\.text) == ["MANAGE_USERS"])
        #expect(state.isOurs(decision))
    }

    @Test func `refuses what it must, by the first reason in order`() throws {
        var world = try world()
        world.request.credential = .session(session(world, expires: World.now))
        #expect(world.decide().reason == .tokenExpired)
        world.request.credential = .session(session(world, epoch: 0))
        #expect(world.decide().reason == .tokenRevoked)
        world.request.credential = .session(session(world, isFromOurSite: false))
        #expect(world.decide().reason == .crossSite)
        world.request.method = "GET"
        #expect(world.decide().isAllowed)
        world.request.target = "/api/v1/roles"
        #expect(world.decide().reason == .permissionDenied)
        world.request.target = "/api/v1/nothing"
        #expect(world.decide().reason == .routeUnknown)
        world.request.origin = .unresolved
        #expect(world.decide().reason == .ipUnresolved)
        world.request.credential = .unreadable
        #expect(world.decide().reason == .stateStale)
    }

    @Test func `ends with the user`() throws {
        var world = try world()
        world.user.isActive = false
        #expect(world.decide().reason == .userInactive)
        world.user.isDeleted = true
        #expect(world.decide().reason == .userUnknown)
        world = try self.world()
        world.request.credential = .session(
            AccessSession(user: .system, userEpoch: 1, expires: World.now + .seconds(60), isFromOurSite: true))
        #expect(world.decide().reason == .userUnknown)
    }

    @Test(arguments: ["GET", "PUT"])
    func `is none at the organisation's API, which takes tokens only`(method: String) throws {
        var world = try world()
        world.request.method = method
        world.request.target = "/rest/v2/segments/7"
        #expect(world.decide().reason == .tokenMissing)
    }

    @Test(arguments: [
        ("/api/v1/users", true), ("/login", true), ("/account/applications?a=b", true), ("/oauth/token", true),
        ("/rest/v2/segments", false), ("/apix/v1", false), ("", false), ("api/v1", false), ("/", false),
        ("//api", false),
    ])
    func `is asked for on our own paths only`(path: String, isOurs: Bool) {
        #expect(Management.owns(path: path) == isOurs)
    }
}
