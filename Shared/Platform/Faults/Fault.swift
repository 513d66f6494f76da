public import GatehouseEventLoop
import Glibc
import Synchronization

/// What happens at a point: `GATEHOUSE_FAULT_AT=<point>[:n][,stop|,<duration>]` (10 § Layers of tests, 7).
///
/// At the n-th passing (the first, unless told) the process kills itself; with `stop` it halts itself by SIGSTOP; with a duration it waits
/// so long, there and at each passing from then on. Only a build with `-D FAULTS` has points: in any other they cost nothing, and the
/// setting is refused.
public struct Fault: Sendable {
    enum Act: Sendable { case kill, stop, wait(Duration) }

    let point: FaultPoint
    let passing: Int
    let act: Act

    /// Nil when none is asked for.
    public init?(_ configuration: Configuration) throws(Configuration.Failure) {
        guard let text = configuration.text(ifGiven: "FAULT_AT") else { return nil }
        #if !FAULTS
            throw Configuration.Failure("FAULT_AT", "this build has no points of failure")
        #else
            let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            let place = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let point = FaultPoint(rawValue: String(place[0])) else {
                let known = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
                throw Configuration.Failure("FAULT_AT", "'\(place[0])' is none of \(known)")
            }
            guard let passing = place.count == 1 ? 1 : Int(place[1]), passing > 0 else {
                throw Configuration.Failure("FAULT_AT", "'\(place[1])' is no number of a passing")
            }
            self.point = point
            self.passing = passing
            switch parts.count == 1 ? nil : String(parts[1]) {
            case nil: act = .kill
            case "stop": act = .stop
            case let word?:
                guard let duration = Duration(word) else {
                    throw Configuration.Failure("FAULT_AT", "'\(word)' is neither stop nor a duration like 500ms")
                }
                act = .wait(duration)
            }
        #endif
    }

    /// A point; a wait there halts the whole process.
    @inlinable
    public static func point(_ point: FaultPoint) {
        #if FAULTS
            if let wait = pass(point) { halt(for: wait) }
        #endif
    }

    /// A point at which others have their turn while this one waits.
    @inlinable
    public static func pause(_ point: FaultPoint, _ events: Events) async {
        #if FAULTS
            if let wait = pass(point) { try? await events.sleep(for: wait) }
        #endif
    }
}

#if FAULTS
    extension Fault {
        private struct Armed {
            let fault: Fault
            var passed = 0
        }

        private static let armed = Mutex<Armed?>(nil)
        /// Asked first: the points of a process that is not to fail stand on hot paths.
        private static let isArmed = Atomic(false)

        /// From now on it happens, once at most in this process.
        func arm() {
            Self.armed.withLock { $0 = Armed(fault: self) }
            Self.isArmed.store(true, ordering: .releasing)
        }

        /// How long to wait here; nil where there is nothing to wait for.
        @usableFromInline
        static func pass(_ point: FaultPoint) -> Duration? {
            guard isArmed.load(ordering: .acquiring) else { return nil }
            let act = armed.withLock { armed -> Act? in
                guard let fault = armed?.fault, fault.point == point else { return nil }
                armed?.passed += 1
                let passed = armed?.passed ?? 0
                if case .wait = fault.act { return passed >= fault.passing ? fault.act : nil }
                return passed == fault.passing ? fault.act : nil
            }
            switch act {
            case nil: return nil
            case .wait(let duration): return duration
            // To this very thread: it goes no further, whichever thread the kernel would have chosen.
            case .kill: raise(SIGKILL)
            case .stop: raise(SIGSTOP)
            }
            return nil
        }

        @usableFromInline
        static func halt(for duration: Duration) { usleep(UInt32(duration.milliseconds * 1000)) }
    }
#else
    extension Fault {
        func arm() {}
    }
#endif
