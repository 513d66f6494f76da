import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of loading another catalogue: what applications and roles still use does not vanish unnoticed, and who could do everything
/// still can.
struct CatalogueAdministration {
    private let store: CatalogueStore
    /// Where documents are read, so that nobody waits for a decision meanwhile.
    private let workers: Workers

    init(_ postgres: Postgres, _ workers: Workers) {
        store = CatalogueStore(postgres: postgres)
        self.workers = workers
    }

    func find() async throws(Problem) -> SavedCatalogue {
        guard let saved = try await store.find() else { throw SavedCatalogue.absent }
        return saved
    }

    /// The whole catalogue. `forced`: whoever uses what is gone keeps its name, and needs attention.
    func replace(
        with body: [UInt8], forced: Bool, if condition: EntityTag.Condition, by author: Author
    ) async throws -> SavedCatalogue {
        let catalogue = try await workers.run { try Catalogue(json: Call.json(of: body)) }
        // It holds in all domains (03: nobody gives what they lack).
        try Authority(permissions: [], domains: .all).demand(of: author, "The catalogue is everybody's.")
        return try await SavedCatalogue.change(if: condition, store.find) { saved throws(Problem) in
            let difference = try await difference(from: saved, to: catalogue)
            if difference.changes.isEmpty { return saved }
            let revision = try await store.replace(saved, with: difference, forced: forced) { complete in
                Change(facts(difference, complete, author), by: author)
            }
            return revision.map { SavedCatalogue(document: difference.document, revision: $0) }
        }
    }

    private func difference(
        from saved: SavedCatalogue, to catalogue: Catalogue
    ) async throws(Problem) -> CatalogueDifference {
        do {
            return try await workers.run { try CatalogueDifference(from: saved.document, to: catalogue) }
        } catch { throw Problem(of: error) }
    }

    /// `complete`: the roles that give everything, and go on to.
    private func facts(_ difference: CatalogueDifference, _ complete: [Role], _ author: Author) -> [OutgoingFact] {
        [
            .access(
                .catalogueUpdated, .update, ("catalogue", .catalogue, "catalogue", "Catalogue"), difference.changes,
                by: author)
        ]
            + complete.map { role in
                .role(
                    .roleUpdated, .update, role.name, from: role.permissions,
                    to: role.permissions.union(difference.newPermissions), by: author)
            }
    }
}
