import GatehouseModel
import GatehousePostgres

/// How far the log is published.
struct PublicationStore {
    /// Events that are sent at once: few enough for the producer to hand over in one turn, all to one client.
    static let batch = 500

    /// None of an earlier term can move it from now on.
    static let take = Statement("update audit.publication set term = $1 where term <= $1 returning sequence") {
        try $0.int8()
    }
    static let stand = Statement("select 1 from audit.publication where term = $1 and sequence = $2") {
        try $0.int4()
    }
    /// In the order of the log. Sequences are given in the order of commits: behind what is seen, no hole is filled later.
    static let next = Statement(
        "select \(LoggedEvent.columns) from audit.event e where e.sequence > $1 order by e.sequence limit \(batch)",
        decode: LoggedEvent.init(row:))
    static let advance = Statement("update audit.publication set sequence = $3 where term = $1 and sequence = $2")
    /// By the owner, at an operator's word.
    static let move = Statement(
        """
        update audit.publication set sequence = $1 - 1
        where $1 between 1 and (select sequence + 1 from audit.log_head) returning 1
        """
    ) { try $0.int4() }

    let connection: Connection

    /// Where the leader of a term goes on.
    func take(in term: Int64) async throws -> Int64 {
        guard let position = try await connection.query(Self.take, .int8(term)).first else {
            throw Interruption.deposed
        }
        return position
    }

    /// Somebody may have moved it, and nothing happened since.
    func stands(at position: Int64, in term: Int64) async throws -> Bool {
        try await !connection.query(Self.stand, .int8(term), .int8(position)).isEmpty
    }

    func next(after position: Int64) async throws -> [LoggedEvent] {
        try await connection.query(Self.next, .int8(position))
    }

    /// The topic has acknowledged all until `end`.
    func advance(in term: Int64, from position: Int64, to end: Int64) async throws {
        let moved: [Void] = try await connection.query(Self.advance, .int8(term), .int8(position), .int8(end))
        guard moved.count == 1 else { throw Interruption.moved }
    }
}
