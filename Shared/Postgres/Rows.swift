import CLibPQ

/// Owns a PGresult: the rows of a statement, or what happened instead.
struct Rows: ~Copyable {
    enum Kind { case rows, done, synced, skipped, failed, unusable }
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) { self.raw = raw }
    deinit { PQclear(raw) }

    var kind: Kind {
        switch PQresultStatus(raw) {
        case PGRES_TUPLES_OK: .rows
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
        case PGRES_PIPELINE_SYNC: .synced
        case PGRES_PIPELINE_ABORTED: .skipped
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: .failed
        default: .unusable  // COPY: we speak it nowhere
        }
    }

    var count: Int32 { PQntuples(raw) }
    /// `UPDATE 3`
    var tag: String { String(cString: PQcmdStatus(raw)) }
    /// How many rows a command touched.
    var touched: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// The error of a failed one.
    var error: PostgresError {
        // libpq's own errors (a lost connection) have no state.
        guard let sqlstate = field("C") else { return .unavailable(Link.line(PQresultErrorMessage(raw))) }
        // The detail of a null or a check that is violated is the whole row, which belongs in no log.
        let detail = ["23502", "23514"].contains(sqlstate) ? nil : field("D")
        let message = [field("M"), detail].compactMap(\.self).joined(separator: " ")
        return PostgresError(sqlstate: sqlstate, constraint: field("n"), message: message)
    }

    private func field(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(raw, Int32(code.value)).map { String(cString: $0) }
    }

    /// Decodes each row; an error of the decoder's own becomes `.decoding`.
    func decode<Row>(_ body: (inout RowReader) throws -> Row) throws(PostgresError) -> [Row] {
        var decoded: [Row] = []
        decoded.reserveCapacity(Int(count))
        for row in 0..<count {
            var reader = RowReader(raw, row: row)
            do {
                decoded.append(try body(&reader))
                try reader.end()
            } catch let error as PostgresError {
                throw error
            } catch {
                throw .decoding("\(reader.place): \(error)")
            }
        }
        return decoded
    }
}
