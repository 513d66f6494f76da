import Audit
import GatehouseCrypto
import GatehouseModel
import GatehousePlatform
import Policy
import Registry
import TestSupport
import Token

extension ServiceName {
    /// The service as `serve` starts it, on a database of its own.
    func run(_ body: (TestService) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        do {
            let service = try await start(on: database)
            do { try await body(service) } catch {
                await service.stop()
                throw error
            }
            await service.stop()
        } catch {
            try? await database.drop()
            throw error
        }
        try await database.drop()
    }

    private func start(on database: TestDatabase) async throws -> TestService {
        let key = Base64URL.text([UInt8](repeating: 3, count: 32))
        switch self {
        case .registry:
            return try await .start(registryProgram, as: rawValue, on: database, ["PEPPERS": "p1:\(key)"])
        case .token:
            return try await .start(
                tokenProgram, as: rawValue, on: database, ["PEPPERS": "p1:\(key)", "SEALING_KEY": key])
        case .policy: return try await .start(policyProgram, as: rawValue, on: database, ["DOOR_KEY": key])
        case .audit: return try await .start(auditProgram, as: rawValue, on: database)
        }
    }
}
