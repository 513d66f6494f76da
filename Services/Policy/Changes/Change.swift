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

    init(_ facts: [OutgoingFact], by author: Author) {
        time = author.time
        user = author.user.id
        self.facts = facts
    }

    var values: [Value] { [.timestamp(time), .user(user), .jsonb(facts.json.bytes)] }

    /// The common table expression `head`, which goes first: no change waits for another in a circle.
    static func head(where condition: String = "true") -> String { Outbox.head(of: .policy, where: condition) }

    /// The common table expression `told`.
    static let told = Outbox.told(in: .policy, "$4")
}

extension Revision {
    /// What a changing statement answers.
    init(row: inout RowReader) throws { self = try row.revision() }
}
