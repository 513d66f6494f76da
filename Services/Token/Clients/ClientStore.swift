import GatehouseModel
import GatehousePostgres

/// Reads clients: uncached, one statement each, on the shared lane.
struct ClientStore {
    static let client = Self.reading(Client.columns)
    /// For who shows an assertion: a secret needs no keys.
    static let clientWithKeys = Self.reading(Client.columnsWithKeys)

    let postgres: Postgres

    func client(_ credentials: ClientCredentials, from address: Address) async throws -> Client? {
        let statement = credentials.areAssertion ? Self.clientWithKeys : Self.client
        return try await postgres.query(statement, .text(credentials.lookup), .bytea(address.bytes)).first
    }

    private static func reading(_ columns: String) -> Statement<Client> {
        Statement("select \(columns) from \(Client.source) where c.client_id = $1", decode: Client.init(row:))
    }
}
