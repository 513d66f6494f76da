import Synchronization

/// What ended a service that nobody asked to end: it waits for somebody to decide.
final class Alarm: Sendable {
    struct Raised: Error, CustomStringConvertible { let description: String }

    private let text = Mutex<String?>(nil)

    var raised: Raised? { text.withLock { $0 }.map(Raised.init(description:)) }

    func raise(_ text: String) { self.text.withLock { $0 = text } }
}
