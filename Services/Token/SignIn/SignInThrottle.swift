import GatehouseModel

/// Slows down who guesses passwords: failures of one account from one network, of one network, and of one account from everywhere, each with
/// a delay that grows.
///
/// Of this process alone, and forgotten with it: so many replicas, so many times as many guesses; each still costs us a hash, and there are
/// few threads for those. Nobody can lock another out: what strangers do to an account never makes its own browser wait, and a delay ends.
final class SignInThrottle {
    struct Attempt {
        /// As it was typed, in one case: whether there is such an account makes no difference.
        let account: String
        let address: Address
        /// The browser has signed in to this account before.
        let isKnown: Bool
    }

    private enum Key: Hashable {
        case pair(String, UInt128)
        case network(UInt128)
        case account(String)
    }
    private struct Limit {
        /// Failures without a delay.
        let free: Int
        let longest: Duration
    }
    private struct Count {
        var failures = 0
        var last: Timestamp
        var until: Timestamp
    }

    private static let pair = Limit(free: 4, longest: .seconds(900))
    private static let account = Limit(free: 10, longest: .seconds(30))
    /// Without a failure for so long, nothing is remembered.
    private static let memory = Duration.seconds(3600)
    /// Beyond it everything is forgotten at once: a flood of addresses takes bounded memory, and has cost a hash each.
    private static let room = 100_000

    private let network: Limit
    private var counts: [Key: Count] = [:]

    /// `perNetwork`: failures of one network without a delay; many people may share one.
    init(perNetwork: Int) { network = Limit(free: perNetwork, longest: .seconds(300)) }

    /// Nil when it may be tried: then it counts as failed until it is known to be otherwise, so that a burst is no way around.
    /// Else the seconds to wait.
    func admit(_ attempt: Attempt, at now: Timestamp) -> Int? {
        let waits = keys(of: attempt).map { (counts[$0.key]?.until ?? .earliest) - now }
        if let longest = waits.max(), longest > .zero { return Int(longest.components.seconds) + 1 }
        if counts.count >= Self.room { counts = [:] }
        for (key, limit) in keys(of: attempt) {
            if case .network = key { continue }
            fail(key, limit, at: now)
        }
        return nil
    }

    func failed(_ attempt: Attempt, at now: Timestamp) { fail(.network(Self.network(of: attempt)), network, at: now) }

    /// The password was right: this browser has nothing to make good.
    func succeeded(_ attempt: Attempt) {
        counts[.pair(attempt.account, Self.network(of: attempt))] = nil
        takeBack(.account(attempt.account))
    }

    /// Nothing came of it: somebody else was in trouble.
    func abandoned(_ attempt: Attempt) {
        takeBack(.pair(attempt.account, Self.network(of: attempt)))
        takeBack(.account(attempt.account))
    }

    private func keys(of attempt: Attempt) -> [(key: Key, limit: Limit)] {
        let bits = Self.network(of: attempt)
        let own = [(Key.pair(attempt.account, bits), Self.pair), (Key.network(bits), network)]
        return own + (attempt.isKnown ? [] : [(Key.account(attempt.account), Self.account)])
    }

    private func fail(_ key: Key, _ limit: Limit, at now: Timestamp) {
        var count = counts[key] ?? Count(last: now, until: .earliest)
        if now - count.last > Self.memory { count = Count(last: now, until: .earliest) }
        count.failures += 1
        count.last = now
        let beyond = count.failures - limit.free
        if beyond > 0 { count.until = now + min(.seconds(1 << min(beyond, 20)), limit.longest) }
        counts[key] = count
    }

    private func takeBack(_ key: Key) {
        guard var count = counts[key] else { return }
        count.failures -= 1
        count.until = .earliest
        counts[key] = count.failures > 0 ? count : nil
    }

    /// Of IPv6, who has one address has 2⁶⁴.
    private static func network(of attempt: Attempt) -> UInt128 {
        attempt.address.isIPv4 ? attempt.address.bits : (attempt.address.bits >> 64) << 64
    }
}
