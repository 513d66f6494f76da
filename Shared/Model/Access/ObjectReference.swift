/// An object of the organisation's, as the resource directory names it.
public struct ObjectReference: Sendable, Hashable {
    public let type: ResourceType
    public let id: ObjectID

    public init(type: ResourceType, id: ObjectID) {
        self.type = type
        self.id = id
    }
}

extension ObjectReference: CustomStringConvertible {
    public var description: String { "\(type)/\(id)" }
}
