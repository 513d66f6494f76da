import GatehousePostgres

extension Metrics {
    /// What the lanes of the service's database are doing.
    func mount(_ postgres: Postgres) {
        counter("gatehouse_postgres_calls_total", "Statements, transactions and leases that were asked for") {
            postgres.metrics.calls
        }
        counter("gatehouse_postgres_failures_total", "Those that failed") { postgres.metrics.failures }
        counter("gatehouse_postgres_connections_total", "Connections that were opened") { postgres.metrics.opened }
        gauge("gatehouse_postgres_in_flight", "Statements on the shared connections, not answered yet") {
            Double(postgres.metrics.inFlight)
        }
        gauge("gatehouse_postgres_leased", "Connections in the hands of one caller") { Double(postgres.metrics.leased) }
        let help = "Callers who wait for room"
        gauge("gatehouse_postgres_queued", help, [("lane", "shared")]) { Double(postgres.metrics.queued) }
        gauge("gatehouse_postgres_queued", help, [("lane", "leased")]) { Double(postgres.metrics.leasesQueued) }
    }
}
