public import GatehouseJSON

/// A name of a set that may grow within `.v1`: what is not `known` here is still read, and kept.
public protocol OpenName: JSONReadable, Hashable, Sendable, CustomStringConvertible {
    static var known: [Self] { get }
    init(_ text: String)
    var text: String { get }
}

extension OpenName {
    public init(json: JSON) throws(Problem) { self.init(try String(json: json)) }
    public var json: JSON { .string(text) }
    public var description: String { text }
}
