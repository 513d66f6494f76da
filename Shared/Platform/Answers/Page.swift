import GatehouseCrypto
public import GatehouseHTTP
public import GatehouseJSON
public import GatehouseModel

/// What a list is asked for: `limit` (1–200, default 50) and `cursor`.
public struct Page: Sendable {
    public let limit: Int
    /// Where the page before ended: the sort key of its last item; nil at the beginning.
    public let after: [String]?
    private let list: String

    /// `list` names the list with its filters: a cursor of another list, or of other filters, is refused.
    public init(_ query: Query, list: String) throws(Problem) {
        self.list = Base64URL.text(Array(SHA256.digest(Array(list.utf8)).prefix(9)))
        limit = try Self.limit(query)
        guard let text = query["cursor"] else {
            after = nil
            return
        }
        guard let bytes = Base64URL.decode(text), let cursor = try? JSON(parsing: bytes), let parts = cursor.array,
            parts.count > 1, parts[0].string == self.list
        else { throw Problem(field: "cursor", "is not a cursor of this list with these filters") }
        let key = parts.dropFirst().compactMap(\.string)
        guard key.count == parts.count - 1 else { throw Problem(field: "cursor", "is not a cursor of this list") }
        after = key
    }

    /// The cursor after an item with this sort key.
    public func cursor(after key: [String]) -> String {
        Base64URL.text(JSON.array([.string(list)] + key.map { .string($0) }).bytes)
    }

    /// `items` holds up to `limit + 1` rows: one more than asked for tells that there is a next page.
    public func answer<Item>(_ items: [Item], key: (Item) -> [String], json: (Item) -> JSON) -> JSON {
        let shown = items.prefix(limit)
        let next = items.count > limit ? shown.last.map { cursor(after: key($0)) } : nil
        return ["items": .array(shown.map(json)), "next_cursor": next.map { .string($0) } ?? .null]
    }

    private static func limit(_ query: Query) throws(Problem) -> Int {
        guard let text = query["limit"] else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else {
            throw Problem(field: "limit", "must be a whole number from 1 to 200")
        }
        return limit
    }
}
