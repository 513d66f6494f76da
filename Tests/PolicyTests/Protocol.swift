import GatehouseModel
import GatehousePlatform
import Policy
import TestSupport

/// The protocol of `Tests/Faults/model/lease.pml`, run in random order on the real `Lease` and `Silences`: one replica with its wake-ups, a
/// writer that waits as the barrier does, a sweeper, and a clock. Every step may come late, and messages may take any time.
struct Protocol {
    /// The model's near misses: each must let an old state be acted on.
    enum Mutation: Int, CaseIterable {
        case momentAfterAnswer = 1
        case leaseWithoutReachingHeads
        case waiterForgetsMargin
        case sweepWithoutCompare
        case renewalBeforeActivation
        case waiterUsesSmallerTTL
        case listClaimsLaterHead
        case olderPullAppliedLast
    }

    private struct Row {
        let id: UInt128
        var isActive = false
        var renewals: Int64 = 0
        var applied = 0
    }

    private enum Step {
        case join, list, claim, activate, begin, ask, commit, answer, pull, prove
    }

    private enum Actor: CaseIterable {
        case replica, wakeUp, writer, sweeper, clock
    }

    private enum Waiting {
        case notYet, reading, deciding, done
    }

    private static let timeToLive = Duration.seconds(10)

    private let mutation: Mutation?
    private var random: SeededRandom
    private let zero = ContinuousClock.now
    private var time = 0

    // What is committed.
    private var head = 0
    private var row: Row?
    private var ids: UInt128 = 0

    // The replica.
    private var step = Step.join
    private var lease = Lease(timeToLive: timeToLive)
    private var moment = Lease.Moment(steady: .now, wall: Timestamp(seconds: 0))
    private var id: UInt128 = 0
    private var applied = 0
    private var claims = 0
    private var saw = 0
    private var woken: Int?
    private var telling: Int?

    // The writer and the sweeper.
    private var waiting = Waiting.notYet
    private var waitsSince = ContinuousClock.now
    private var asked = ContinuousClock.now
    private var seen: [ReplicaRow] = []
    private var silences = Silences()
    private var sweeperAsked = ContinuousClock.now
    private var sweeperSeen: [ReplicaRow]?
    private var sweeperSilences = Silences()
    private var condemned: ReplicaRow?

    init(seed: UInt64, _ mutation: Mutation?) {
        random = SeededRandom(seed: seed)
        self.mutation = mutation
    }

    private var now: Lease.Moment {
        Lease.Moment(steady: zero + .milliseconds(time), wall: Timestamp(seconds: 0) + .milliseconds(time))
    }

    /// Whether a change was answered, and the state before it may still be acted on.
    private var isBroken: Bool { waiting == .done && applied == 0 && lease.isValid(at: now) }

    /// True when the promise was broken within so many steps. Anyone may stand still for long, in the middle of anything.
    mutating func run(steps: Int) -> Bool {
        var frozenUntil = [Actor: Int]()
        for number in 0..<steps {
            if Int.random(in: 0..<30, using: &random) == 0, let actor = Actor.allCases.randomElement(using: &random) {
                frozenUntil[actor] = number + Int.random(in: 20..<150, using: &random)
            }
            let actor = Actor.allCases.randomElement(using: &random) ?? .clock
            if actor != .clock, number < frozenUntil[actor] ?? 0 { continue }
            switch actor {
            case .replica: replicate()
            case .wakeUp: wake()
            case .writer: write()
            case .sweeper: sweep()
            case .clock: time += [100, 500, 1000, 2500][Int.random(in: 0..<4, using: &random)]
            }
            if Int.random(in: 0..<200, using: &random) == 0 { step = .join }
            if isBroken { return true }
        }
        return false
    }

    private mutating func replicate() {
        switch step {
        case .join:
            lease.end()
            ids += 1
            (id, applied, claims, saw, woken, telling) = (ids, 0, 0, 0, nil, nil)
            row = Row(id: id)
            step = .list
        case .list:
            applied = head
            claims = head
            step = .claim
        case .claim:
            if mutation == .listClaimsLaterHead { claims = head }
            step = mutation == .renewalBeforeActivation ? .begin : .activate
        case .activate:
            guard row?.id == id else { return step = .join }
            row?.isActive = true
            write(applied: claims)
            step = .begin
        case .begin:
            moment = now
            step = .ask
        case .ask:
            saw = head
            step = .commit
        case .commit:
            guard row?.id == id else { return step = .join }
            row?.renewals += 1
            write(applied: claims)
            step = .answer
        case .answer:
            if mutation == .momentAfterAnswer { moment = now }
            step = .pull
        case .pull:
            if saw > claims, Bool.random(using: &random) {
                applied = head
                claims = head
            }
            step = .prove
        case .prove:
            if claims >= saw || mutation == .leaseWithoutReachingHeads { lease.renew(at: moment) }
            step = row?.isActive == false && Bool.random(using: &random) ? .activate : .begin
        }
    }

    private mutating func wake() {
        if let told = telling {
            if row?.id == id, row?.isActive == true { write(applied: told) }
            telling = nil
        } else if let got = woken {
            if got > claims || mutation == .olderPullAppliedLast {
                applied = got
                claims = got
            }
            woken = nil
            telling = claims
        } else if step != .join, step != .list {
            woken = head
        }
    }

    /// Never lower: `greatest`.
    private mutating func write(applied: Int) {
        guard let known = row?.applied, applied > known else { return }
        row?.applied = applied
    }

    private mutating func write() {
        switch waiting {
        case .notYet:
            guard Int.random(in: 0..<20, using: &random) == 0 else { return }
            head = 1
            waitsSince = now.steady
            waiting = .reading
        case .reading:
            asked = now.steady
            seen = rows(timeToLive: waiterTimeToLive).filter { _ in row?.isActive == true }
            waiting = .deciding
        case .deciding:
            silences.observe(seen, received: now.steady)
            let isSettled = seen.allSatisfy {
                $0.applied >= 1 || silences.lapsed($0, waitingSince: waitsSince, asked: asked)
            }
            waiting = isSettled ? .done : .reading
        case .done: break
        }
    }

    private mutating func sweep() {
        if let condemned {
            if row?.id == condemned.id, row?.renewals == condemned.renewals || mutation == .sweepWithoutCompare {
                row = nil
            }
            self.condemned = nil
        } else if let rows = sweeperSeen {
            sweeperSilences.observe(rows, received: now.steady)
            condemned = rows.first { sweeperSilences.lapsed($0, waitingSince: zero, asked: sweeperAsked) }
            sweeperSeen = nil
        } else {
            sweeperAsked = now.steady
            sweeperSeen = rows(timeToLive: Self.timeToLive)
        }
    }

    private func rows(timeToLive: Duration) -> [ReplicaRow] {
        row.map {
            [ReplicaRow(id: $0.id, timeToLive: timeToLive, renewals: $0.renewals, applied: Int64($0.applied))]
        } ?? []
    }

    private var waiterTimeToLive: Duration {
        switch mutation {
        case .waiterForgetsMargin: Self.timeToLive * 7 / 10
        case .waiterUsesSmallerTTL: Self.timeToLive / 2
        default: Self.timeToLive
        }
    }
}
