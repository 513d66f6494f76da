public import GatehouseJSON

/// Reads the members of a JSON object one by one, and collects everything that is wrong with them into one problem.
///
/// ```swift
/// var fields = try Fields(parsing: body)
/// let name = fields.required("name", as: ApplicationName.self)
/// let scopes = fields.required("scopes", as: [Scope].self, atMost: 200)
/// let ranges = fields.optional("ip_ranges", as: [NotedRange].self, atMost: 10_000) ?? []
/// if scopes?.isEmpty == true { fields.refuse("scopes", "must name at least one scope") }
/// guard let name, let scopes, fields.areValid else { throw fields.problem }
/// ```
/// A wrong value reads as an absent one, and is remembered: nothing may be done before `areValid` was asked. Members
/// that were not read are unknown.
public struct Fields {
    private let object: JSON.Object
    /// They are few: to look at each is faster than a set.
    private var read: [String] = []
    private var passesOverOthers = false
    private var complaints = Complaints()

    public init(_ json: JSON) throws(Problem) {
        guard let object = json.object else { throw Problem(.validation, "must be an object") }
        self.object = object
    }

    /// The body of a request.
    public init(parsing body: [UInt8]) throws(Problem) {
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw Problem(.malformed, "The body is not JSON: \(error)", cause: error)
        }
        guard let object = json.object else { throw Problem(.malformed, "The body must be a JSON object") }
        self.object = object
    }

    /// Nil means that an error is remembered.
    public mutating func required<Value: JSONReadable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        guard let json = member(name) else {
            refuse(name, "is required")
            return nil
        }
        return value(of: json, at: name)
    }

    /// Nil where the member is absent; null is an error.
    public mutating func optional<Value: JSONReadable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        member(name).flatMap { value(of: $0, at: name) }
    }

    /// A member that may be null.
    public mutating func nullable<Value: JSONReadable>(_ name: String, as type: Value.Type = Value.self) -> Patch<Value>
    {
        guard let json = member(name) else { return .keep }
        if json.isNull { return .clear }
        return value(of: json, at: name).map { .set($0) } ?? .keep
    }

    /// A list of few elements, each there once.
    public mutating func required<Value: JSONReadable & Hashable>(
        _ name: String, as type: [Value].Type = [Value].self, atMost limit: Int
    ) -> [Value]? {
        guard let json = member(name) else { return required(name, as: type) }
        return list(of: json, at: name, atMost: limit)
    }

    /// A list of few elements, each there once; nil where the member is absent.
    public mutating func optional<Value: JSONReadable & Hashable>(
        _ name: String, as type: [Value].Type = [Value].self, atMost limit: Int
    ) -> [Value]? {
        member(name).flatMap { list(of: $0, at: name, atMost: limit) }
    }

    /// What a rule says of a member that was read.
    public mutating func refuse(_ name: String, _ detail: String) { complaints.add(detail, at: name) }

    /// For what others state, and may state more of with time: no member is unknown.
    public mutating func passOverOthers() { passesOverOthers = true }

    /// Whether nothing is wrong so far, and no member is left unread.
    public var areValid: Bool { complaints.isEmpty && unknown.isEmpty }

    /// Everything that is wrong: unknown members are 400, wrong values 422.
    public var problem: Problem {
        var complaints = complaints
        for name in unknown { complaints.addUnknown(name) }
        return complaints.problem ?? Problem(.validation, "Some fields are not valid")
    }

    /// For a body whose fields are all optional.
    public func finish() throws(Problem) {
        guard areValid else { throw problem }
    }

    private var unknown: [String] { passesOverOthers ? [] : object.names.filter { !read.contains($0) } }

    private mutating func member(_ name: String) -> JSON? {
        read.append(name)
        return object[name]
    }

    private mutating func value<Value: JSONReadable>(of json: JSON, at name: String) -> Value? {
        do throws(Problem) {
            return try Value(json: json)
        } catch {
            if json.isNull { refuse(name, "must not be null") } else { complaints.add(error, at: name) }
            return nil
        }
    }

    private mutating func list<Value: JSONReadable & Hashable>(
        of json: JSON, at name: String, atMost limit: Int
    ) -> [Value]? {
        guard let elements = json.array else { return value(of: json, at: name) }
        guard elements.count <= limit else {
            refuse(name, "must have at most \(limit) elements")
            return nil
        }
        var values: [Value] = []
        var known: Set<Value> = []
        for (index, element) in elements.enumerated() {
            guard let value: Value = value(of: element, at: "\(name)[\(index)]") else { continue }
            if known.insert(value).inserted {
                values.append(value)
            } else {
                refuse("\(name)[\(index)]", "is listed twice")
            }
        }
        return values.count == elements.count ? values : nil
    }
}
