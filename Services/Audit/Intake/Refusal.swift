import GatehousePostgres

extension PostgresError {
    /// Trouble that comes with a record, however often it is tried (SQLSTATE classes 22 and 23; 54: too large for an index).
    ///
    /// All else is trouble of the environment and passes, as a missing partition does, which names no constraint.
    var isAboutContent: Bool {
        switch self {
        case .server("23514", nil, _): false
        case .server(let state, _, _): ["22", "23", "54"].contains(state.prefix(2))
        default: false
        }
    }
}
