import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of making and deleting domains. Neither gives anybody anything: a domain in use cannot be deleted.
struct DomainAdministration {
    private let store: DomainStore
    private let created: CreatedStore

    init(_ postgres: Postgres) {
        store = DomainStore(postgres: postgres)
        created = CreatedStore(postgres: postgres)
    }

    func page(after name: DomainName?, limit: Int) async throws(Problem) -> [Domain] {
        try await store.list(after: name, limit: limit)
    }

    func create(_ body: JSON, by author: Author, once claim: Claim?) async throws -> Created {
        try await claim.once(created.find) { try await create(body, by: author, under: claim) }
    }

    private func create(_ body: JSON, by author: Author, under claim: Claim?) async throws(Problem) -> Created {
        var fields = try Fields(body)
        let name = fields.required("name", as: DomainName.self)
        guard let name, fields.areValid else { throw fields.problem }
        let change = Change([.domain(.domainCreated, .create, name, by: author)], by: author)
        let json = Domain.json(name)
        guard let revision = try await store.create(name, change, once: claim, keeping: Created.kept(json)) else {
            throw Domain.taken()
        }
        return Created(json: json, revision: revision)
    }

    /// The revision of the deletion.
    func delete(_ name: DomainName, if condition: EntityTag.Condition, by author: Author) async throws(Problem)
        -> Revision
    {
        try await Domain.change(if: condition) { () throws(Problem) in
            try await store.find(name)
        } _: { domain throws(Problem) in
            try await store.delete(domain, Change([.domain(.domainDeleted, .delete, name, by: author)], by: author))
        }
    }
}

extension OutgoingFact {
    static func domain(_ type: EventType, _ operation: Operation, _ name: DomainName, by author: Author) -> OutgoingFact
    {
        .access(type, operation, ("domain", .domain, name.text, name.text), by: author)
    }
}
