import Synchronization

/// The numbers of all scopes ever seen; what the catalogue no longer lists keeps its number.
struct ScopeVocabulary: Sendable {
    private var names = Interned<Scope>()
    /// Changes with every new name, and is the same in no two vocabularies that differ: sets of one edition may meet.
    private(set) var edition = ScopeVocabulary.nextEdition()

    subscript(number: Int) -> Scope { names[number] }

    mutating func set(_ scopes: some Sequence<Scope>) -> Bits {
        Bits(scopes.map { number(of: $0) })
    }

    mutating func number(of scope: Scope) -> Int {
        if let known = names.number(of: scope) { return known }
        edition = ScopeVocabulary.nextEdition()
        return names.intern(scope)
    }

    /// Of the scopes that have a number: no route and no application knows the others.
    func known(of scopes: some Sequence<Scope>) -> Bits {
        Bits(scopes.compactMap { names.number(of: $0) })
    }

    private static let editions = Atomic(0)

    private static func nextEdition() -> Int {
        editions.add(1, ordering: .relaxed).newValue
    }
}
