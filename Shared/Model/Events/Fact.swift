/// The data of an event: who, through which application, did what, to what, and how it ended.
///
/// `request.blocked` has data of its own shape.
public struct Fact: Hashable, Sendable {
    /// Who acted; a host command is the system user's. Nil where nobody is known.
    public var user: User?
    /// Through which application; nil for a person in the console.
    public var application: Application?
    public var operation: Operation
    public var objectType: ObjectType
    public var objects: [Object]
    public var outcome: Outcome
    public var reason: String?
    public var ip: Address?
    /// How many facts of one kind this one sums up.
    public var count: Int64?
    public var changes: [FieldChange]
    /// Where the change stands in its schema's head; stamped by the statement that makes the change.
    public var revision: Revision?
    public var incarnation: ID<Incarnation>?

    public init(
        by user: User?, through application: Application?, _ operation: Operation, _ objectType: ObjectType,
        _ objects: [Object], outcome: Outcome = .allowed, reason: String? = nil, ip: Address? = nil,
        count: Int64? = nil, changes: [FieldChange] = []
    ) {
        self.user = user
        self.application = application
        self.operation = operation
        self.objectType = objectType
        self.objects = objects
        self.outcome = outcome
        self.reason = reason
        self.ip = ip
        self.count = count
        self.changes = changes
    }

    /// Of the record on a topic that is keyed by users: the user, else the application, else the address.
    public var key: String { user?.id.text ?? application?.clientID.text ?? ip?.text ?? "" }
}

/// One life of a schema's head: a restored database begins another.
public enum Incarnation {}

extension Fact {
    public struct User: Hashable, Sendable {
        public let id: UserID
        public let name: String

        public init(_ id: UserID, name: String) {
            self.id = id
            self.name = name
        }
    }

    public struct Application: Hashable, Sendable {
        public let clientID: ClientID
        public let name: String

        public init(_ clientID: ClientID, name: String) {
            self.clientID = clientID
            self.name = name
        }
    }

    public struct Object: Hashable, Sendable {
        public let id: String
        public let name: String

        public init(_ id: String, name: String) {
            self.id = id
            self.name = name
        }
    }
}
