public import GatehouseJSON

/// What a change did to one field.
public struct FieldChange: JSONReadable, Hashable, Sendable {
    /// Stands for both values where neither may be told: secrets, and what names a person.
    public static let redacted: JSON = "[redacted]"

    public let field: String
    /// Null where there was none.
    public let from: JSON
    public let to: JSON

    public init(_ field: String, from: JSON, to: JSON) {
        self.field = field
        self.from = from
        self.to = to
    }

    /// That the field changed, and no more.
    public init(redacting field: String) { self.init(field, from: Self.redacted, to: Self.redacted) }

    /// What differs between two states of a thing, in the order of their members.
    public static func between(_ old: JSON.Object, _ new: JSON.Object, redacting: Set<String> = []) -> [FieldChange] {
        let gone = old.names.filter { new[$0] == nil }
        return (new.names + gone).compactMap { name in
            let (from, to) = (old[name] ?? .null, new[name] ?? .null)
            if from == to { return nil }
            return redacting.contains(name) ? FieldChange(redacting: name) : FieldChange(name, from: from, to: to)
        }
    }

    public var json: JSON { ["field": .string(field), "from": from, "to": to] }

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let field = fields.required("field", as: String.self)
        let from = fields.nullable("from", as: JSON.self)
        let to = fields.nullable("to", as: JSON.self)
        fields.passOverOthers()
        guard let field, fields.areValid else { throw fields.problem }
        self.init(field, from: from.applied(to: nil) ?? .null, to: to.applied(to: nil) ?? .null)
    }
}
