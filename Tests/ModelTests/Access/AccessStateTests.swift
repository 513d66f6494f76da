import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

struct AccessStateTests {
    /// R8: duplicated and reordered records change nothing.
    @Test func `what is not newer is ignored, whatever it is about`() throws {
        let world = try World()
        var state = world.state
        state.apply(world.catalogue, revision: Revision(5))
        state.apply(networks: .none, revision: Revision(5))
        for revision in [4, 5].map(Revision.init) {
            state.apply(Catalogue.empty, revision: revision)
            state.apply(networks: AddressRanges([try AddressRange("10.0.0.0/8")]), revision: revision)
        }
        var (application, user, role, key) = (world.application, world.user, world.role, world.key)
        application.revision = Revision(5)
        user.revision = Revision(5)
        role.revision = Revision(5)
        key.revision = Revision(5)
        state.apply(application)
        state.apply(user)
        state.apply(role)
        state.apply(key)
        for revision in [4, 5].map(Revision.init) {
            state.apply(
                ApplicationEntry(clientID: application.clientID, name: "Late", isDeleted: true, revision: revision))
            state.apply(UserEntry(id: user.id, name: "Late", isActive: false, revision: revision))
            state.apply(RoleEntry(name: role.name, permissions: [], revision: revision))
            state.apply(KeyEntry(id: key.id, expires: .earliest, isDeleted: true, revision: revision))
        }
        let decision = world.decide(in: state)
        #expect(decision.isAllowed)
        #expect(state.user(of: decision)?.name == "Ann" && state.application(of: decision)?.name == "Shop sync")
    }

    @Test func `the rows that a schema begins with have revision 0 and count`() throws {
        var world = try World()
        world.user.revision = .none
        world.application.revision = .none
        world.role.revision = .none
        world.key.revision = .none
        #expect(world.decide().isAllowed)
    }

    @Test func `each newer entry bites at once, in place`() throws {
        let world = try World()
        var state = world.state
        let token = AccessToken(world.claims, for: state)
        func reason(_ change: (inout AccessState) -> Void) -> Reason? {
            var changed = state
            change(&changed)
            return world.decide(in: changed, token).reason
        }
        var application = world.application
        application.revision = Revision(2)
        application.isEnabled = false
        #expect(reason { $0.apply(application) } == .applicationDisabled)
        var user = world.user
        user.revision = Revision(2)
        user.domains = .none
        #expect(reason { $0.apply(user) } == .domainDenied)
        #expect(
            reason { $0.apply(RoleEntry(name: world.role.name, permissions: [], revision: Revision(2))) }
                == .permissionDenied)
        #expect(reason { $0.apply(.empty, revision: Revision(2)) } == .routeUnknown)
        #expect(
            reason { $0.apply(KeyEntry(id: "k1", expires: .latest, isDeleted: true, revision: Revision(2))) }
                == .tokenMalformed)
        let revocation = RevocationEntry(subject: .token(world.claims.id), expires: World.now, revision: Revision(2))
        #expect(reason { $0.apply(revocation) } == .tokenRevoked)
        state.apply(revocation)
        state.forget(expiredBefore: World.now + .seconds(1))
        #expect(world.decide(in: state, token).isAllowed)
        state.forget(expiredBefore: world.key.expires + .seconds(1))
        #expect(world.decide(in: state, token).reason == .tokenMalformed)
    }

    @Test func `a scope that the catalogue learns later is the scope of tokens made before`() throws {
        var world = try World()
        let catalogue = world.catalogue
        world.catalogue = .empty
        world.application.scopes = []
        var state = world.state
        let early = AccessToken(world.claims, for: state)
        #expect(world.decide(in: state, early).reason == .routeUnknown)
        state.apply(catalogue, revision: Revision(2))
        #expect(world.decide(in: state, early).reason == .insufficientScope)
        world.application.scopes = world.claims.scopes
        world.application.revision = Revision(2)
        state.apply(world.application)
        #expect(world.decide(in: state, early).isAllowed)
    }

    @Test func `a scope or permission that the catalogue no longer lists is nobody's`() throws {
        var world = try World()
        world.application.scopes.append(try Scope("read:access"))
        world.claims.scopes = world.application.scopes
        world.role.permissions.append(try Permission("MANAGE_USERS"))
        world.request.method = "GET"
        world.request.target = "/api/v1/users"
        var state = world.state
        #expect(state.scopes(of: world.decide(in: state)).count == 3)
        state.apply(.empty, revision: Revision(2))
        let decision = world.decide(in: state)
        #expect(decision.isAllowed)
        #expect(state.scopes(of: decision).map(\.text) == ["read:access"])
        #expect(state.permissions(of: decision).map(\.text) == ["MANAGE_USERS"])
    }

    @Test func `hundreds of scopes and permissions are told apart`() throws {
        var world = try World()
        let numbers = 0..<300
        world.catalogue = try Catalogue(json: [
            "scopes": .array(numbers.map { ["name": "s\($0)", "words": ""] }),
            "permissions": .array(numbers.map { ["name": "P\($0)", "words": ""] }),
            "routes": .array(
                numbers.map {
                    [
                        "method": "GET", "path": "/r\($0)", "scope": "s\($0)", "domain_source": "none",
                        "permission": ["any": ["P\($0)", "P\(($0 + 1) % 300)"]],
                    ]
                }),
            "object_types": [], "internal_kinds": [],
        ])
        world.application.scopes = try numbers.map { try Scope("s\($0)") }
        world.request.method = "GET"
        for held in [0, 63, 64, 127, 128, 191, 250, 299] {
            world.claims.scopes = [try Scope("s\(held)"), try Scope("s\((held + 299) % 300)")]
            world.role.permissions = [try Permission("P\(held)")]
            let state = world.state
            for asked in [held, (held + 299) % 300, (held + 1) % 300, (held + 64) % 300] {
                world.request.target = "/r\(asked)"
                let hasScope = asked == held || asked == (held + 299) % 300
                #expect(world.decide(in: state).reason == (hasScope ? nil : .insufficientScope), "\(held) \(asked)")
            }
            #expect(state.permissions(of: world.decide(in: state)) == world.role.permissions)
        }
    }

    @Test func `ten thousand of each are told apart, by their newest names`() throws {
        let world = try World()
        var state = world.state
        var random = SeededRandom(seed: 8)
        let clients = (0..<10_000).map { _ in ClientID(random: &random) }
        // Long names and many changes: more is wasted than kept, so the names move.
        for round in 1...4 {
            for (number, client) in clients.enumerated() {
                let name = String(repeating: "x", count: 40 * round) + "\(number)"
                state.apply(
                    ApplicationEntry(
                        clientID: client, name: name, scopes: world.application.scopes, revision: Revision(Int64(round))
                    ))
                state.apply(
                    UserEntry(
                        id: UserID(hi: 9, lo: UInt64(number)), name: "user " + name, roles: [world.role.name],
                        domains: .all, revision: Revision(Int64(round))))
            }
        }
        for number in stride(from: 0, to: clients.count, by: 7) {
            var one = world
            one.claims.clientID = clients[number]
            one.claims.user = UserID(hi: 9, lo: UInt64(number))
            let decision = one.decide(in: state)
            let name = String(repeating: "x", count: 160) + "\(number)"
            #expect(decision.isAllowed)
            #expect(state.application(of: decision)?.clientID == clients[number].text)
            #expect(state.application(of: decision)?.name == name)
            #expect(state.user(of: decision)?.name == "user " + name)
        }
        #expect(world.decide(in: state).isAllowed)
    }
}
