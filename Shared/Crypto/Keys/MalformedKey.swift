/// Foreign bytes or JSON that are no key of the kind asked for; `reason` may be shown to who sent them.
public struct MalformedKey: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }

    init(_ reason: String) { self.reason = reason }
}
