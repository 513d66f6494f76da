public import GatehouseJSON

// What is nil, and an empty list of changes, is left out.
extension Fact {
    public var json: JSON.Object {
        var data = JSON.Object()
        data["user"] = user?.json
        data["application"] = application?.json
        data["operation"] = operation.json
        data["object_type"] = objectType.json
        data["objects"] = .array(objects.map(\.json))
        data["outcome"] = outcome.json
        data["reason"] = reason.map { .string($0) }
        data["ip"] = ip?.json
        data["count"] = count.map { .integer($0) }
        data["changes"] = changes.isEmpty ? nil : .array(changes.map(\.json))
        data["revision"] = revision?.json
        data["incarnation"] = incarnation?.json
        return data
    }

    /// From the `data` of an event. Members beside ours are passed over: `.v1` may gain some.
    public init(_ data: JSON.Object) throws(Problem) {
        var fields = try Fields(.object(data))
        user = fields.nullable("user", as: User.self).applied(to: nil)
        application = fields.nullable("application", as: Application.self).applied(to: nil)
        let operation = fields.required("operation", as: Operation.self)
        let objectType = fields.required("object_type", as: ObjectType.self)
        objects = fields.optional("objects", as: [Object].self) ?? []
        let outcome = fields.required("outcome", as: Outcome.self)
        reason = fields.nullable("reason", as: String.self).applied(to: nil)
        ip = fields.nullable("ip", as: Address.self).applied(to: nil)
        count = fields.nullable("count", as: Int64.self).applied(to: nil)
        changes = fields.optional("changes", as: [FieldChange].self) ?? []
        // A refused request names by it, in words, the state that it was decided on: no place in a head.
        revision = fields.nullable("revision", as: JSON.self).applied(to: nil)?.integer.map(Revision.init)
        incarnation = fields.nullable("incarnation", as: ID<Incarnation>.self).applied(to: nil)
        fields.passOverOthers()
        guard let operation, let objectType, let outcome, fields.areValid else { throw fields.problem }
        (self.operation, self.objectType, self.outcome) = (operation, objectType, outcome)
    }
}

extension Fact.User: JSONReadable {
    public var json: JSON { ["id": id.json, "name": .string(name)] }

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let id = fields.required("id", as: UserID.self)
        let name = fields.optional("name", as: String.self) ?? ""
        fields.passOverOthers()
        guard let id, fields.areValid else { throw fields.problem }
        self.init(id, name: name)
    }
}

extension Fact.Application: JSONReadable {
    public var json: JSON { ["client_id": clientID.json, "name": .string(name)] }

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let clientID = fields.required("client_id", as: ClientID.self)
        let name = fields.optional("name", as: String.self) ?? ""
        fields.passOverOthers()
        guard let clientID, fields.areValid else { throw fields.problem }
        self.init(clientID, name: name)
    }
}

extension Fact.Object: JSONReadable {
    public var json: JSON { ["id": .string(id), "name": .string(name)] }

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let id = fields.required("id", as: String.self)
        let name = fields.optional("name", as: String.self) ?? ""
        fields.passOverOthers()
        guard let id, fields.areValid else { throw fields.problem }
        self.init(id, name: name)
    }
}
