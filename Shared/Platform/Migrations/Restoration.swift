import GatehouseModel
import GatehousePostgres

/// Begins another life of a schema whose database has lost commits, by a restore or a failover (04 § Restore): what was revoked stays
/// revoked, and every replica reads everything anew.
///
/// How many epochs were lost nobody knows, so all go on from the moment: no clock has counted as many rotations as milliseconds.
struct Restoration {
    /// The head's new revision, and how many rows have new epochs.
    typealias Outcome = (revision: Int64, raised: Int64)

    private let statement: Statement<Outcome>

    init(_ schema: Schema) {
        let name = schema.rawValue
        let raised =
            schema.epochs.map { table in
                """
                update \(name).\(table) t set epoch = greatest(t.epoch + 1, $1), min_epoch = greatest(t.epoch + 1, $1),
                    revision = head.revision from head returning 1
                """
            } ?? "select 1 from head where $1::bigint is null"
        statement = Statement(
            """
            with head as (update \(name).head set incarnation = gen_random_uuid(), revision = revision + 1 returning revision),
                raised as (\(raised))
            select revision, (select count(*) from raised) from head
            """
        ) { row in
            let revision = try row.int8()
            return (revision, try row.int8())
        }
    }

    /// As the schema's owner.
    func run(_ connection: Connection, at now: Timestamp) async throws -> Outcome {
        guard let outcome = try await connection.query(statement, .int8(now.microseconds / 1000)).first else {
            throw PostgresError.decoding("a schema without a head")
        }
        return outcome
    }

    var sample: StatementSample { StatementSample(statement, [.int8(0)], isHosts: true) }
}

extension Schema {
    /// The table whose rows have epochs.
    fileprivate var epochs: String? {
        switch self {
        case .registry: "application"
        case .policy: "account"
        case .token: nil
        }
    }
}
