import CLinux

/// An eventfd: a descriptor that any thread, or a C library, makes readable. Closed with its last owner.
public final class Wakeup: Sendable {
    public let descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))

    public init() {}

    deinit { close(descriptor) }

    public func signal() { eventfd_write(descriptor, 1) }

    /// Takes all signals so far: the descriptor is no longer readable.
    public func drain() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }
}
