public import GatehouseJSON

/// An entry of an IP list: addresses, and what somebody wrote beside them.
public struct NotedRange: Sendable, Hashable {
    /// Of one list.
    public static let most = 10_000

    public let range: AddressRange
    public let note: Note

    public init(range: AddressRange, note: Note) {
        self.range = range
        self.note = note
    }
}

extension NotedRange: JSONReadable {
    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let range = fields.required("range", as: AddressRange.self)
        let note = fields.optional("note", as: Note.self)
        guard let range, fields.areValid else { throw fields.problem }
        self.init(range: range, note: note ?? .empty)
    }

    public var json: JSON { ["range": range.json, "note": note.json] }
}
