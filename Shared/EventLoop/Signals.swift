import CLinux
import Glibc

/// The signals that ask a process to do something (SIGTERM, SIGINT, SIGHUP), as readiness of a descriptor.
public final class Signals {
    private let descriptor: Int32
    private let events: Events

    /// Before any thread is made: a signal must reach the descriptor, not a thread.
    public static func block(_ signals: [Int32]) {
        var set = Self.set(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// `received` is called on the core, once for each signal.
    public init(_ signals: [Int32], _ events: Events, _ received: @escaping (Int32) -> Void) {
        var set = Self.set(signals)
        self.events = events
        descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        events.watch(descriptor, for: .read) { [descriptor] _ in
            var info = signalfd_siginfo()
            while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 { received(Int32(info.ssi_signo)) }
        }
    }

    deinit {
        events.forget(descriptor)
        close(descriptor)
    }

    private static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
