public import GatehouseHTTP
public import GatehouseModel

extension Call {
    /// The query, which may have these parameters, each once: one that is misspelt must not pass in silence.
    public func query(of names: Set<String>) throws(Problem) -> Query {
        let query = try query()
        if let unknown = query.fields.first(where: { !names.contains($0.name) }) {
            throw Problem(.malformed, "There is no parameter '\(unknown.name)' here.")
        }
        if let repeated = query.repeated.min() {
            throw Problem(.malformed, "The parameter '\(repeated)' is given twice.")
        }
        return query
    }

    /// The page of a list without filters.
    public func page(of list: String) throws(Problem) -> Page { try Page(query(of: ["limit", "cursor"]), list: list) }
}

extension Page {
    /// The name after which it begins, of a list by name; nil at the beginning.
    public func place<Name: TextValue>() throws(Problem) -> Name? {
        guard let after else { return nil }
        guard after.count == 1, let name = try? Name(after[0]) else {
            throw Problem(field: "cursor", "is not a cursor of this list")
        }
        return name
    }
}
