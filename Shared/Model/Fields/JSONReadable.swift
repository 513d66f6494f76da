public import GatehouseJSON

/// What can be read from a JSON value; the problem says why not, its fields named from this value on.
public protocol JSONReadable {
    init(json: JSON) throws(Problem)
}

extension JSON: JSONReadable {
    public init(json: JSON) { self = json }
}

extension JSON.Object: JSONReadable {
    public init(json: JSON) throws(Problem) {
        guard let object = json.object else { throw Problem(.validation, "must be an object") }
        self = object
    }
}

extension Bool: JSONReadable {
    public init(json: JSON) throws(Problem) {
        guard let value = json.bool else { throw Problem(.validation, "must be true or false") }
        self = value
    }
}

extension Int64: JSONReadable {
    public init(json: JSON) throws(Problem) {
        guard let value = json.integer else { throw Problem(.validation, "must be an integer") }
        self = value
    }
}

/// Any string: a value that has rules is a `TextValue`.
extension String: JSONReadable {
    public init(json: JSON) throws(Problem) {
        guard let value = json.string else { throw Problem(.validation, "must be a string") }
        self = value
    }
}

extension JSONReadable where Self: RawRepresentable<String> & CaseIterable {
    public init(json: JSON) throws(Problem) {
        guard let text = json.string, let value = Self(rawValue: text) else {
            throw Problem(.validation, "must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = value
    }
}

/// All errors of all elements, named `[3]` or `[3].member`.
extension Array: JSONReadable where Element: JSONReadable {
    public init(json: JSON) throws(Problem) {
        guard let elements = json.array else { throw Problem(.validation, "must be a list") }
        var complaints = Complaints()
        self = []
        for (index, element) in elements.enumerated() {
            do throws(Problem) {
                append(try Element(json: element))
            } catch {
                complaints.add(error, at: "[\(index)]")
            }
        }
        if let problem = complaints.problem { throw problem }
    }
}
