import Synchronization

/// A statement with its decoder: a static value, prepared on each connection at its first use there.
///
/// The text is made from constants only — values are parameters — and names its columns, never `*`.
public struct Statement<Row: Sendable>: Sendable {
    public var sql: String { text.sql }
    let text: StatementText
    let decoder: Decoder

    enum Decoder: Sendable {
        case rows(@Sendable (inout RowReader) throws -> Row)
        /// No columns are read: a `Row` for each row that was found or touched.
        case count(Row)
    }

    public init(_ sql: String, decode: @escaping @Sendable (inout RowReader) throws -> Row) {
        text = StatementText(sql)
        decoder = .rows(decode)
    }
}

extension Statement where Row == Void {
    /// A statement without columns: its result has a `()` for each row that it touched, so `.count` tells how many.
    public init(_ sql: String) {
        text = StatementText(sql)
        decoder = .count(())
    }
}

/// The text of a statement and its number in this process: equal texts are one statement to every connection.
struct StatementText: Sendable {
    let sql: String
    let number: Int

    private static let numbers = Mutex<[String: Int]>([:])

    /// For what is never prepared.
    init(unnumbered sql: String) {
        self.sql = sql
        number = -1
    }

    init(_ sql: String) {
        self.sql = sql
        number = Self.numbers.withLock { numbers in
            let number = numbers[sql] ?? numbers.count
            numbers[sql] = number
            return number
        }
    }
}
