public import GatehouseModel
public import GatehousePostgres

/// For stores: what the database refuses is a problem that the caller can be told.
extension Postgres {
    /// A short read on the shared lane.
    public func read<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(Problem) -> [Row] {
        do throws(PostgresError) {
            return try await query(statement, values)
        } catch {
            throw Problem(error)
        }
    }

    /// A filtered list, on the lane of what may take its time.
    public func browse<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(Problem) -> [Row] {
        do throws(PostgresError) {
            return try await search(statement, values)
        } catch {
            throw Problem(error)
        }
    }

    /// One statement on a leased lane. `refusals`: what a violated constraint means, by its name.
    public func write<Row>(
        _ statement: Statement<Row>, _ values: [Value], refusals: [String: Problem] = [:]
    ) async throws(Problem) -> [Row] {
        do throws(PostgresError) {
            Fault.point(.changeBeforeCommit)
            return try await change(statement, values)
        } catch {
            throw Problem(error, refusals)
        }
    }
}

extension Problem {
    /// Any error, as what a caller may know of it.
    public init(of error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as PostgresError: self.init(error)
        default: self.init(.internalError, "Something went wrong here. It has been logged.", cause: error)
        }
    }

    /// `refusals`: what a violated constraint means, by its name.
    public init(_ error: PostgresError, _ refusals: [String: Problem] = [:]) {
        switch error {
        case .server(_, let constraint?, _) where refusals[constraint] != nil:
            self = refusals[constraint] ?? Problem(.conflict, "The change conflicts with what is there.")
        case .server("40001", _, _), .server("40P01", _, _), .timeout(.lock):
            self.init(.unavailable, "Others are changing the same things; nothing was done. Try again.", cause: error)
        case .timeout(.statement):
            self.init(.unavailable, "The database took too long; nothing was done. Try again.", cause: error)
        case .unavailable, .cancelled:
            self.init(.unavailable, "The database cannot be reached. Look before trying again.", cause: error)
        case .server, .decoding:
            self.init(.internalError, "Something went wrong here. It has been logged.", cause: error)
        }
    }
}
