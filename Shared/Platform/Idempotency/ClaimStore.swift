public import GatehouseModel
public import GatehousePostgres

/// The tables `idempotency` and `idempotency_answer` of a schema.
public struct ClaimStore: Sendable {
    /// Rows that one statement removes.
    static let batch = 500

    /// Of a `KeptAnswer`.
    public static let columns = "claim.digest, answer.key_id, answer.sealed, answer.revision"

    /// Where an answer is found by `values(of:)`, $1 … $4.
    public static func answer(in schema: Schema) -> String {
        """
        from \(schema.rawValue).idempotency claim join \(schema.rawValue).idempotency_answer answer using (id)
        where claim.caller = $1 and claim.route = $2 and claim.key = $3 and claim.made_at > $4
        """
    }

    public static func values(of claim: Claim) -> [Value] {
        [.text(claim.caller), .text(claim.route), .text(claim.key), .timestamp(claim.time - Claim.life)]
    }

    private let sweepClaims: Statement<Void>
    private let sweepAnswers: Statement<Void>

    init(_ schema: Schema) {
        func sweep(_ table: String) -> Statement<Void> {
            Statement(
                """
                delete from \(schema.rawValue).\(table) where ctid = any (array(
                    select ctid from \(schema.rawValue).\(table)
                    where made_at <= $1 order by made_at limit \(Self.batch) for update skip locked))
                """)
        }
        sweepClaims = sweep("idempotency")
        sweepAnswers = sweep("idempotency_answer")
    }

    /// Removes some of what has ended; whether there may be more.
    func sweep(at now: Timestamp, _ postgres: Postgres) async throws -> Bool {
        let claims = try await postgres.change(sweepClaims, .timestamp(now - Claim.life)).count
        let answers = try await postgres.change(sweepAnswers, .timestamp(now - Claim.life)).count
        return max(claims, answers) == Self.batch
    }

    var samples: [StatementSample] {
        [sweepClaims, sweepAnswers].map { StatementSample($0, [.timestamptz(microsSince1970: 0)]) }
    }
}

extension Postgres {
    /// One statement with `ClaimClauses` on a leased lane, whose last values are the claim's. Nil where there was nothing to change.
    public func write<Row>(
        _ statement: Statement<Row>, _ values: [Value], once claim: Claim?,
        keeping answer: @autoclosure () -> [UInt8] = [], refusals: [String: Problem] = [:]
    ) async throws(Problem) -> Row? {
        do throws(PostgresError) {
            Fault.point(.changeBeforeCommit)
            let row = try await change(statement, values + claim.values(keeping: answer())).first
            if row != nil || claim == nil { return row }
        } catch .server(_, "idempotency_answer_of_a_change", _) {
            return nil
        } catch {
            throw Problem(error, refusals)
        }
        throw Claim.isTaken
    }
}
