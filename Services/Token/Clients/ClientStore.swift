import GatehouseModel
import GatehousePostgres

/// Reads clients: uncached, one statement each, on the shared lane.
struct ClientStore {
    static let client = Statement(
        "select \(Client.columns) from \(Client.source) where c.client_id = $1", decode: Client.init(row:))

    let postgres: Postgres

    func client(_ id: String, from address: Address) async throws -> Client? {
        let found = try await postgres.query(Self.client, .text(id), .bytea(address.bytes))
        return found.first
    }
}
