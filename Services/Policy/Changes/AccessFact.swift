import GatehouseModel
import GatehousePlatform

extension OutgoingFact {
    /// A fact about one of the things that this service administers, under the key `<kind>/<id>`.
    static func access(
        _ type: EventType, _ operation: Operation, _ object: (kind: String, type: ObjectType, id: String, name: String),
        _ changes: [FieldChange] = [], by author: Author
    ) -> OutgoingFact {
        let fact = Fact(
            by: author.user, through: author.application, operation, object.type,
            [Fact.Object(object.id, name: object.name)], ip: author.ip, changes: changes)
        let key = "\(object.kind)/\(object.id)"
        return OutgoingFact(type, key: key, subject: key, data: fact.json, at: author.time, in: author.trace)
    }
}
