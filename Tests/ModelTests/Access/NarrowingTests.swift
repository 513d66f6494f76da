import GatehouseModel
import TestSupport
import Testing

/// A3: evaluated at use time; narrowing anything never turns a refusal into an allowance.
struct NarrowingTests {
    @Test func `no narrowing opens a door`() throws {
        var random = SeededRandom(seed: 45)
        var counts = (allowed: 0, closed: 0)
        for _ in 0..<1_500 {
            let world = try World(random: &random)
            let allowed = world.decide().isAllowed
            counts.allowed += allowed ? 1 : 0
            var narrower = world
            for _ in 0..<2 {
                let narrowing = try #require(Narrowing.all.randomElement(using: &random))
                try narrowing(&narrower, &random)
                let stillAllowed = narrower.decide().isAllowed
                #expect(allowed || !stillAllowed, "\(world) -> \(narrower)")
                counts.closed += allowed && !stillAllowed ? 1 : 0
            }
        }
        #expect(counts.allowed > 300 && counts.allowed < 1_300, "both must occur: \(counts)")
        #expect(counts.closed > 50, "narrowing must bite: \(counts)")
    }

    /// Entries in any order, twice, with older ones between, make the state that the newest alone make.
    @Test func `a state that grew decides like one that was built anew`() throws {
        var random = SeededRandom(seed: 46)
        for _ in 0..<200 {
            let last = try World(random: &random)
            var entries: [(inout AccessState) -> Void] = []
            for revision in 1...3 {
                var world = revision == 3 ? last : try World(random: &random)
                let revision = Revision(Int64(revision))
                world.application.revision = revision
                world.user.revision = revision
                world.role.revision = revision
                for _ in 0..<2 {
                    entries.append { [application = world.application] in $0.apply(application) }
                    entries.append { [user = world.user] in $0.apply(user) }
                    entries.append { [role = world.role] in $0.apply(role) }
                    entries.append { [networks = world.networks] in $0.apply(networks: networks, revision: revision) }
                }
            }
            var grown = AccessState()
            grown.apply(last.key)
            for entry in entries.shuffled(using: &random) { entry(&grown) }
            grown.apply(last.catalogue, revision: Revision(1))
            #expect(last.decide(in: grown).checks == last.decide().checks)
        }
    }
}

private enum Narrowing {
    typealias Step = @Sendable (inout World, inout SeededRandom) throws -> Void

    static let all: [Step] = [
        { world, random in world.application.scopes.removeRandom(using: &random) },
        { world, random in world.claims.scopes.removeRandom(using: &random) },
        { world, random in world.role.permissions.removeRandom(using: &random) },
        { world, random in world.user.roles.removeRandom(using: &random) },
        { world, random in
            switch world.user.domains {
            case .all: world.user.domains = .some(try Set(World.someDomains(&random)))
            case .some(let domains): world.user.domains = .some(Set(domains.dropFirst()))
            }
        },
        { world, random in try narrow(&world.networks, &random) },
        { world, random in try narrow(&world.application.ranges, &random) },
        { world, _ in world.application.isEnabled = false },
        { world, _ in world.application.isDeleted = true },
        { world, _ in world.application.minEpoch += 1 },
        { world, _ in world.user.isActive = false },
        { world, _ in world.user.isDeleted = true },
        { world, _ in world.user.minEpoch += 1 },
        { world, _ in world.role.isDeleted = true },
        { world, _ in world.key.isDeleted = true },
        { world, _ in world.claims.expires = World.now - .seconds(31) },
        { world, _ in world.request.origin = .unresolved },
        { world, _ in world.request.objectDomains = .unknown },
        { world, _ in world.moment.isFresh = false },
        { world, _ in
            world.revocations.append(
                RevocationEntry(subject: .token(world.claims.id), expires: .latest, revision: Revision(1)))
        },
    ]

    /// An empty list is no restriction (A6), so the last range of one is not taken away.
    private static func narrow(_ ranges: inout AddressRanges, _ random: inout SeededRandom) throws {
        if ranges.isEmpty {
            ranges = AddressRanges(try World.someRanges(&random, atLeast: 1))
        } else if ranges.bounds.count > 1 {
            ranges = AddressRanges(ranges.bounds.shuffled(using: &random).dropFirst())
        }
    }
}

extension World {
    /// One in which each check passes more often than not.
    fileprivate init(random: inout SeededRandom) throws {
        try self.init()
        let scopes = try ["read:segments", "write:segments", "read:users"].map { try Scope($0) }
        application.scopes = scopes.filter { _ in .random(19, in: 20, &random) }
        claims.scopes = scopes.filter { _ in .random(19, in: 20, &random) }
        application.ranges = AddressRanges(try Self.someRanges(&random, atLeast: 0))
        networks = AddressRanges(try Self.someRanges(&random, atLeast: 0))
        application.minEpoch = .random(1, in: 30, &random) ? 2 : 1
        user.minEpoch = .random(1, in: 30, &random) ? 2 : 1
        user.isActive = .random(29, in: 30, &random)
        user.domains = .random(1, in: 3, &random) ? .all : .some(Set(try Self.someDomains(&random)))
        role.permissions = try ["MANAGE_SEGMENTS", "MANAGE_USERS"].map { try Permission($0) }
            .filter { _ in .random(19, in: 20, &random) }
        request.method = try #require(["GET", "PUT"].randomElement(using: &random))
        request.target = try #require(
            ["/rest/v2/segments/7", "/rest/v2/segments/8", "/rest/v2/users/1"].randomElement(using: &random))
        request.objectDomains = .known(Set(try Self.someDomains(&random)))
    }

    fileprivate static func someDomains(_ random: inout SeededRandom) throws -> [DomainName] {
        try ["www.example.com", "shop.example.com", "news.example.com"].filter { _ in .random(6, in: 10, &random) }
            .map { try DomainName($0) }
    }

    fileprivate static func someRanges(_ random: inout SeededRandom, atLeast count: Int) throws -> [AddressRange] {
        let texts = ["203.0.113.0/24", "203.0.113.5", "10.0.0.0/8", "2001:db8::/32", "198.51.100.1-198.51.100.9"]
        return try texts.shuffled(using: &random).prefix(Int.random(in: count...3, using: &random))
            .map { try AddressRange($0) }
    }
}

extension Bool {
    fileprivate static func random(_ hits: Int, in tries: Int, _ random: inout SeededRandom) -> Bool {
        Int.random(in: 0..<tries, using: &random) < hits
    }
}

extension Array {
    fileprivate mutating func removeRandom(using random: inout SeededRandom) {
        if let index = indices.randomElement(using: &random) { remove(at: index) }
    }
}
