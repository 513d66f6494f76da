import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What changes under a claim have answered (04 § Idempotency): the application as it was shown then, and its secret.
struct IssuedStore {
    let postgres: Postgres

    func find(_ claim: Claim) async throws -> Issued? {
        guard let (answer, application) = try await postgres.query(Self.find, ClaimStore.values(of: claim)).first else {
            return nil
        }
        return Issued(application: application, secret: String(decoding: try claim.open(answer), as: UTF8.self))
    }

    /// What a change keeps: its row, which `find` reads as one of the table.
    static let snapshot = """
        (select to_jsonb(shown) from (select \(Application.columns) from changed a \(Application.usage)) as shown)
        """

    static let find = Statement(
        """
        with kept as (select \(ClaimStore.columns), answer.snapshot \(ClaimStore.answer(in: .registry)))
        select kept.digest, kept.key_id, kept.sealed, kept.revision,
            \(Application.stored), (kept.snapshot ->> 'last_used_at')::timestamptz
        from kept, lateral jsonb_populate_record(null::registry.application, kept.snapshot) a
        """
    ) { row in (try KeptAnswer(row: &row), try Application(row: &row)) }
}
