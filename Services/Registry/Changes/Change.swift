import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What each statement that changes something has in common: when, by whom, and the facts that it tells.
///
/// $1 is what is changed, $2 when, $3 by whom, $4 the facts; a statement's own values begin with $5.
struct Change: Sendable {
    let time: Timestamp
    let user: UserID
    let facts: [OutgoingFact]

    var values: [Value] { [.timestamp(time), .user(user), .jsonb(facts.json.bytes)] }

    /// The common table expression `head`, which goes first: no change waits for another in a circle.
    static func head(where condition: String = "true") -> String { Outbox.head(of: .registry, where: condition) }

    /// The common table expression `told`.
    static let told = Outbox.told(in: .registry, "$4")
}

extension Change {
    /// A change of one application that is one fact.
    init(
        _ type: EventType, _ operation: Operation, of id: ClientID, named name: ApplicationName,
        changes: [FieldChange] = [], by author: Author
    ) {
        self.init([Change.fact(type, operation, of: id, named: name, changes: changes, by: author)], by: author)
    }

    init(_ facts: [OutgoingFact], by author: Author) {
        self.init(time: author.time, user: author.user.id, facts: facts)
    }

    static func fact(
        _ type: EventType, _ operation: Operation, of id: ClientID, named name: ApplicationName,
        changes: [FieldChange], by author: Author
    ) -> OutgoingFact {
        let fact = Fact(
            by: author.user, through: author.application, operation, .oauthApplication,
            [Fact.Object(id.text, name: name.text)], ip: author.ip, changes: changes)
        return OutgoingFact(type, key: id.text, subject: id.text, data: fact.json, at: author.time, in: author.trace)
    }
}
