extension Connection {
    /// Runs a statement (a `fetch`) again and again, until it gives no rows. While one page is decoded the server makes the next.
    public func drain<Row>(_ statement: Statement<Row>, _ take: ([Row]) throws -> Void) async throws {
        var (current, next) = (Reading(statement, []), Reading(statement, []))
        send(current)
        send(next)
        while true {
            try await current.answer()
            guard !current.rows.isEmpty else { break }
            let rows = current.rows
            current = next
            next = Reading(statement, [])
            send(next)
            try take(rows)
        }
        try await next.answer()
    }
}
