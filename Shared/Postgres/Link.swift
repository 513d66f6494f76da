import CLibPQ
import Glibc

/// Owns a PGconn. After `finish`, and on a lost connection, all it is asked for fails.
struct Link: ~Copyable {
    enum Progress { case reading, writing, open, failed }
    enum Flush { case done, more, failed }
    private var raw: OpaquePointer?

    /// Begins to connect; name look-ups would block, so the parameters hold a `hostaddr` or a path.
    init(_ parameters: [(keyword: String, value: String)]) {
        let keywords = parameters.map { strdup($0.keyword) }
        let values = parameters.map { strdup($0.value) }
        defer { for copy in keywords + values { free(copy) } }
        raw = PQconnectStartParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
        PQsetNoticeReceiver(raw, { _, _ in }, nil)
    }

    deinit { PQfinish(raw) }

    mutating func finish() {
        PQfinish(raw)
        raw = nil
    }

    var descriptor: Int32 { PQsocket(raw) }
    var isOpen: Bool { PQstatus(raw) == CONNECTION_OK }
    var isConnecting: Bool { PQstatus(raw) != CONNECTION_BAD }
    var message: String { raw == nil ? "the connection is closed" : Self.line(PQerrorMessage(raw)) }
    var isIdle: Bool { PQtransactionStatus(raw) == PQTRANS_IDLE }
    var backend: Int32 { PQbackendPID(raw) }

    func poll() -> Progress {
        switch PQconnectPoll(raw) {
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_WRITING: .writing
        case PGRES_POLLING_OK: .open
        default: .failed
        }
    }

    /// What comes after the handshake: no call blocks from here on.
    func enterPipeline() -> Bool { PQsetnonblocking(raw, 1) == 0 && PQenterPipelineMode(raw) == 1 }
    func leavePipeline() -> Bool { PQexitPipelineMode(raw) == 1 }

    func prepare(_ name: String, _ sql: String, _ types: [Oid]) -> Bool {
        PQsendPrepare(raw, name, sql, Int32(types.count), types) == 1
    }

    func execute(_ name: String, _ parameters: inout Parameters) -> Bool {
        parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(raw, name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Unprepared, without parameters.
    func execute(_ sql: String) -> Bool { PQsendQueryParams(raw, sql, 0, nil, nil, nil, nil, 1) == 1 }

    /// Several statements in one text; outside pipeline mode only.
    func script(_ sql: String) -> Bool { PQsendQuery(raw, sql) == 1 }

    func sync() -> Bool { PQpipelineSync(raw) == 1 }

    func flush() -> Flush {
        switch PQflush(raw) {
        case 0: .done
        case 1: .more
        default: .failed
        }
    }

    /// Takes what has arrived; false when the connection is lost.
    func consume() -> Bool {
        guard PQconsumeInput(raw) == 1 else { return false }
        // What TLS has decrypted already does not make the socket readable, and libpq does not look.
        while PQsslInUse(raw) == 1, let pending = Self.pending, pending(PQsslStruct(raw, "OpenSSL")) > 0 {
            guard PQconsumeInput(raw) == 1 else { return false }
        }
        return true
    }
    private static let pending = dlsym(nil, "SSL_pending").map {
        unsafeBitCast($0, to: (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self)
    }

    var isBusy: Bool { PQisBusy(raw) == 1 }

    /// The next result; `nil` ends those of a statement.
    func next() -> Rows? { PQgetResult(raw).map { Rows($0) } }

    /// libpq's messages end with a newline, and may have several lines.
    static func line(_ message: UnsafePointer<CChar>?) -> String {
        let message = message.map { String(cString: $0) } ?? ""
        return message.split(separator: "\n").joined(separator: " ")
    }
}
