import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of registering objects: who moves one reaches all the domains that it leaves and all that it comes to.
struct ObjectDirectory {
    private let store: ObjectStore

    init(_ postgres: Postgres) { store = ObjectStore(postgres: postgres) }

    /// The object as it is afterwards, and whether it is new; what changes nothing is no change.
    func put(
        _ object: ObjectReference, _ body: JSON, by author: Author
    ) async throws(Problem) -> (object: RegisteredObject, isNew: Bool) {
        var fields = try Fields(body)
        let names = fields.required("domains", as: [DomainName].self, atMost: Domains.maximumNames)
        guard let names, fields.areValid else { throw fields.problem }
        let new = RegisteredObject(object: object, domains: Set(names))
        for _ in Turns() {
            let place = try await store.look(at: new)
            guard place.isOfKnownType else { throw Self.unknown(object.type) }
            try Self.demand(names, among: place.known)
            try Authority(permissions: [], domains: new.reach).demand(
                of: author, "The object would lie where you reach nothing.")
            guard let old = place.old else {
                let written = try await store.create(new, .object(.objectCreated, .create, nil, new, by: author))
                try Self.demand(names, among: written.known)
                if written.isDone { return (new, true) }
                continue
            }
            try Self.demandReach(of: old, by: author)
            if old == new { return (new, false) }
            let written = try await store.replace(
                old, with: new, .object(.objectUpdated, .update, old, new, by: author))
            try Self.demand(names, among: written.known)
            if written.isDone { return (new, false) }
        }
        throw Self.overtaken
    }

    /// Its type may have left the catalogue since.
    func delete(_ object: ObjectReference, by author: Author) async throws(Problem) {
        for _ in Turns() {
            let place = try await store.look(at: RegisteredObject(object: object, domains: []))
            guard let old = place.old else {
                throw place.isOfKnownType ? RegisteredObject.absent : Self.unknown(object.type)
            }
            try Self.demandReach(of: old, by: author)
            if try await store.delete(old, .object(.objectDeleted, .delete, old, nil, by: author)) { return }
        }
        throw Self.overtaken
    }

    private static func demand(_ names: [DomainName], among known: Set<DomainName>) throws(Problem) {
        let errors = names.enumerated().filter { !known.contains($0.element) }.map {
            Problem.FieldError(
                field: "domains[\($0.offset)]", detail: "must name a domain that exists: not “\($0.element)”")
        }
        if let first = errors.first { throw Problem(.validation, "\(first.field) \(first.detail)", errors: errors) }
    }

    /// Which domains they are, is not told to who does not reach them.
    private static func demandReach(of old: RegisteredObject, by author: Author) throws(Problem) {
        guard let caller = author.caller, !caller.domains.contains(old.reach) else { return }
        throw Problem(.forbidden, "The object lies in domains that you do not reach.")
    }

    private static func unknown(_ type: ResourceType) -> Problem {
        Problem(field: "type", "must be one of the catalogue's object types: not “\(type)”")
    }

    private static let overtaken = Problem(
        .conflict, "Others are changing this object; nothing was done. Try again.")
}

extension OutgoingFact {
    /// Of an object that was `old` and is `new`.
    fileprivate static func object(
        _ type: EventType, _ operation: Operation, _ old: RegisteredObject?, _ new: RegisteredObject?, by author: Author
    ) -> OutgoingFact {
        let object = (new ?? old)?.object
        let changes = FieldChange.between(
            ["domains": old?.json["domains"] ?? .null], ["domains": new?.json["domains"] ?? .null])
        let fact = Fact(
            by: author.user, through: author.application, operation, object.map { ObjectType($0.type) } ?? .api,
            object.map { [Fact.Object($0.id.text, name: $0.id.text)] } ?? [], ip: author.ip, changes: changes)
        let key = "object/" + (object?.description ?? "")
        return OutgoingFact(type, key: key, subject: key, data: fact.json, at: author.time, in: author.trace)
    }
}
