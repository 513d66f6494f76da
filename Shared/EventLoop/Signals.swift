import Glibc
import Synchronization

/// The signals that ask a process to do something (SIGTERM, SIGINT, SIGHUP), as events of the core; one object at a time.
///
/// By a handler, not by a mask: the main thread of an asynchronous `main` waits with all signals open (libdispatch's `sigsuspend`), so
/// one that other threads have blocked would end the process there.
public final class Signals {
    /// What the handler writes to: the number of a signal is one byte.
    private static let mouth = Atomic<Int32>(-1)

    private let signals: [Int32]
    private let ends: [Int32]
    private let events: Events

    /// For programs: who writes to a connection that is gone gets an error, not a signal.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// `received` is called on the core, once for each signal.
    public init(_ signals: [Int32], _ events: Events, _ received: @escaping (Int32) -> Void) {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.signals = signals
        self.ends = ends
        self.events = events
        let descriptor = ends[0]
        events.watch(descriptor, for: .read) { _ in
            var number: UInt8 = 0
            while read(descriptor, &number, 1) == 1 { received(Int32(number)) }
        }
        Self.mouth.store(ends[1], ordering: .sequentiallyConsistent)
        for number in signals {
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Signals.mouth.load(ordering: .sequentiallyConsistent), &byte, 1)
                errno = before
            }
        }
    }

    deinit {
        for number in signals { signal(number, SIG_DFL) }
        Self.mouth.store(-1, ordering: .sequentiallyConsistent)
        events.forget(ends[0])
        for end in ends { close(end) }
    }
}
