public import GatehouseJSON

/// A value that is written as one string, and cannot be built from a wrong one.
public protocol TextValue: JSONReadable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The problem's detail continues a sentence that began with the field: `must be …`.
    init(_ text: String) throws(Problem)
    var text: String { get }
}

extension TextValue {
    public init(json: JSON) throws(Problem) { try self.init(String(json: json)) }
    public var json: JSON { .string(text) }
    public var description: String { text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
