/// What one connection has prepared, by the number of the statement and the types of its parameters.
struct PreparedStatements {
    private struct Variant {
        let name: String
        var types: [UInt32]
    }
    private var variants: [[Variant]] = []
    private var made = 0
    private var failed: (name: String, reason: PostgresError)?

    /// The name to execute, and whether it is new: then it is to be prepared first, in the same pipeline.
    mutating func name(for number: Int, _ types: [UInt32]) -> (name: String, isNew: Bool) {
        if number >= variants.count {
            variants.append(contentsOf: repeatElement([], count: number + 1 - variants.count))
        }
        for variant in variants[number] where zip(variant.types, types).allSatisfy({ $1 == 0 || $0 == $1 }) {
            return (variant.name, false)
        }
        made += 1
        let variant = Variant(name: "s\(made)", types: types)
        variants[number].append(variant)
        return (variant.name, true)
    }

    /// The names are not used again: a `discard all` may have failed.
    mutating func forgetAll() { variants.removeAll() }

    /// It could not be prepared, for a reason, or the server has lost it.
    mutating func forget(_ name: String, for reason: PostgresError? = nil) {
        for number in variants.indices { variants[number].removeAll { $0.name == name } }
        if let reason { failed = (name, reason) }
    }

    /// Why it could not be prepared, if it was the last that could not.
    func reason(_ name: String) -> PostgresError? { failed?.name == name ? failed?.reason : nil }
}
