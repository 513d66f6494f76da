import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What creations under a claim have answered (04 § Idempotency).
struct CreatedStore {
    let postgres: Postgres

    func find(_ claim: Claim) async throws -> Created? {
        guard let answer = try await postgres.query(Self.find, ClaimStore.values(of: claim)).first else { return nil }
        guard let json = try JSON(parsing: claim.open(answer)).object else {
            throw PostgresError.decoding("a kept answer is no object")
        }
        return Created(json: json, revision: answer.revision)
    }

    static let find = Statement(
        "select \(ClaimStore.columns) \(ClaimStore.answer(in: .policy))", decode: KeptAnswer.init(row:))
}
