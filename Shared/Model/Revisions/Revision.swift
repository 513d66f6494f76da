public import GatehouseJSON

/// The place of a change in the order of its schema's head; 0 is before the first.
public struct Revision: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let none = Revision(0)

    public let number: Int64

    public init(_ number: Int64) { self.number = number }

    public var json: JSON { .integer(number) }
    public var description: String { String(number) }
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
