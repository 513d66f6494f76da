import GatehouseModel
import Glibc

/// The decision as a pure function, with 100,000 applications and 1,000,000 users in memory. `Decisions CATALOGUE`.
@main struct Decisions {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func main() throws {
        guard let path = CommandLine.arguments.dropFirst().first else { exit(2) }
        let catalogue = try Catalogue(parsing: read(path))
        let before = residentMegabytes()
        var state = AccessState()
        let clock = ContinuousClock()
        var world = try World(catalogue)
        let applications = clock.measure { world.applyApplications(to: &state) }
        let afterApplications = residentMegabytes()
        let users = clock.measure { world.applyUsers(to: &state) }
        print("100,000 applications: \(applications), \(afterApplications - before) MB")
        print("1,000,000 users: \(users), \(residentMegabytes() - afterApplications) MB")

        let tokens = world.tokens(100_000, for: state)
        try measure("one token", state, Array(tokens.prefix(1)))
        try measure("1,000 tokens by turns", state, Array(tokens.prefix(1_000)))
        try measure("100,000 tokens by turns", state, tokens)
        let networks = AddressRanges(try World.networks(10_000))
        state.apply(networks: networks, revision: Revision(2))
        try measure("one token, 10,000 general ranges", state, Array(tokens.prefix(1)))
        try measure("100,000 tokens by turns, 10,000 general ranges", state, tokens)
        contains(networks, world)
    }

    private static func measure(_ what: String, _ state: AccessState, _ tokens: [AccessToken]) throws {
        let requests = try tokens.enumerated().map { index, token in
            AccessRequest(
                credential: .token(token), method: "GET", target: "/rest/v2/profiles/\(1_000_000 + index)?fields=name",
                origin: .address(try World.address(index)))
        }
        let moment = AccessMoment(now: now)
        var allowed = 0
        let decisions = 2_000_000
        let time = ContinuousClock().measure {
            var place = 0
            for _ in 0..<decisions {
                if state.decide(requests[place], at: moment, header: { _ in .absent }).isAllowed { allowed += 1 }
                place = place + 1 == requests.count ? 0 : place + 1
            }
        }
        print("\(what): \(nanoseconds(time, decisions)) ns a decision, \(allowed * 100 / decisions) % allowed")
    }

    private static func contains(_ ranges: AddressRanges, _ world: World) {
        let addresses = (0..<4_096).compactMap { try? World.address($0) }
        var hits = 0
        let time = ContinuousClock().measure {
            for index in 0..<4_000_000 where ranges.contains(addresses[index & 4_095]) { hits += 1 }
        }
        print("10,000 ranges: \(nanoseconds(time, 4_000_000)) ns a look-up, \(hits * 100 / 4_000_000) % hits")
    }

    private static func nanoseconds(_ time: Duration, _ count: Int) -> Int { Int(time / .nanoseconds(1)) / count }

    private static func residentMegabytes() -> Int {
        let pages = read("/proc/self/statm").split(separator: UInt8(ascii: " ")).dropFirst().first
        return (Int(String(decoding: pages ?? [], as: UTF8.self)) ?? 0) * 4_096 / 1_000_000
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }
}
