import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of loading another catalogue: what applications and roles still use does not vanish unnoticed.
struct CatalogueAdministration {
    private let store: CatalogueStore

    init(_ postgres: Postgres) { store = CatalogueStore(postgres: postgres) }

    func find() async throws(Problem) -> SavedCatalogue {
        guard let saved = try await store.find() else { throw SavedCatalogue.absent }
        return saved
    }

    /// The whole catalogue. `forced`: whoever uses what is gone keeps its name, and needs attention.
    func replace(
        with catalogue: Catalogue, forced: Bool, if condition: EntityTag.Condition, by author: Author
    ) async throws(Problem) -> SavedCatalogue {
        try await SavedCatalogue.change(if: condition, store.find) { saved throws(Problem) in
            if saved.catalogue == catalogue { return saved }
            if !forced { try await refuse(try await store.uses(beyond: catalogue)) }
            let change = Change([.catalogue(from: saved.catalogue, to: catalogue, by: author)], by: author)
            guard let revision = try await store.replace(saved, with: catalogue, change) else { return nil }
            return SavedCatalogue(catalogue: catalogue, revision: revision)
        }
    }

    private func refuse(_ uses: [CatalogueUse]) async throws(Problem) {
        guard !uses.isEmpty else { return }
        throw Problem(
            .conflict,
            "The catalogue lacks what is in use: ?force=true saves it all the same, and what used it needs attention.",
            errors: uses.map { Problem.FieldError(field: $0.member, detail: $0.detail) })
    }
}

extension OutgoingFact {
    /// Tells which names went and came; of what kept its name, that it changed.
    fileprivate static func catalogue(from old: Catalogue, to new: Catalogue, by author: Author) -> OutgoingFact {
        let (before, after) = (old.parts, new.parts)
        let changes = before.compactMap { member, before -> FieldChange? in
            let after = after[member] ?? [:]
            let gone = before.filter { after[$0.key] != $0.value }.keys.sorted()
            let come = after.filter { before[$0.key] != $0.value }.keys.sorted()
            guard !gone.isEmpty || !come.isEmpty else { return nil }
            return FieldChange(member, from: .array(gone.map { .string($0) }), to: .array(come.map { .string($0) }))
        }
        return .access(
            .catalogueUpdated, .update, ("catalogue", .catalogue, "catalogue", "Catalogue"),
            changes.sorted { $0.field < $1.field }, by: author)
    }
}

extension Catalogue {
    /// By member and name: what stands there.
    fileprivate var parts: [String: [String: JSON]] {
        func named<Part>(_ parts: [Part], _ name: (Part) -> String, _ json: (Part) -> JSON) -> [String: JSON] {
            Dictionary(parts.map { (name($0), json($0)) }) { first, _ in first }
        }
        return [
            "scopes": named(scopes, \.name.text, \.json), "permissions": named(permissions, \.name.text, \.json),
            "routes": named(routes, { "\($0.method.rawValue) \($0.template.text)" }, \.json),
            "object_types": named(objectTypes, \.type.text, \.json),
            "internal_kinds": named(internalKinds, \.kind.text, \.json),
        ]
    }
}
