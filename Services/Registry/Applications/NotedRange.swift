import GatehouseJSON
import GatehouseModel

/// An entry of an IP list: addresses, and what somebody wrote beside them.
struct NotedRange: Sendable, Hashable {
    let range: AddressRange
    let note: Note
}

extension NotedRange: JSONReadable {
    init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let range = fields.required("range", as: AddressRange.self)
        let note = fields.optional("note", as: Note.self)
        guard let range, fields.areValid else { throw fields.problem }
        self.init(range: range, note: note ?? .empty)
    }

    var json: JSON { ["range": range.json, "note": note.json] }
}
