import CLibPQ

/// Reads one row, column by column, in the order of the `select`; every column is read or skipped.
///
/// Errors: `.decoding`, naming the column, what was expected, and what is there.
public struct RowReader: ~Copyable {
    private let rows: OpaquePointer  // lent by `Rows` for one decoding
    private let row: Int32
    private var column: Int32 = 0

    init(_ rows: OpaquePointer, row: Int32) {
        self.rows = rows
        self.row = row
    }

    public mutating func bool() throws(PostgresError) -> Bool { try required(BoolFormat.self) }
    public mutating func int2() throws(PostgresError) -> Int16 { try required(Int2Format.self) }
    public mutating func int4() throws(PostgresError) -> Int32 { try required(Int4Format.self) }
    public mutating func int8() throws(PostgresError) -> Int64 { try required(Int8Format.self) }
    public mutating func float8() throws(PostgresError) -> Double { try required(Float8Format.self) }
    /// Also varchar, char(n), name.
    public mutating func text() throws(PostgresError) -> String { try required(TextFormat.self) }
    public mutating func uuid() throws(PostgresError) -> UInt128 { try required(UUIDFormat.self) }
    /// Microseconds since 1970.
    public mutating func timestamptz() throws(PostgresError) -> Int64 { try required(TimestamptzFormat.self) }
    public mutating func bytea() throws(PostgresError) -> [UInt8] { try required(ByteaFormat.self) }
    /// The UTF-8 text of a JSON value.
    public mutating func jsonb() throws(PostgresError) -> [UInt8] { try required(JSONBFormat.self) }
    public mutating func inet() throws(PostgresError) -> Inet { try required(InetFormat.self) }

    public mutating func optionalBool() throws(PostgresError) -> Bool? { try optional(BoolFormat.self) }
    public mutating func optionalInt2() throws(PostgresError) -> Int16? { try optional(Int2Format.self) }
    public mutating func optionalInt4() throws(PostgresError) -> Int32? { try optional(Int4Format.self) }
    public mutating func optionalInt8() throws(PostgresError) -> Int64? { try optional(Int8Format.self) }
    public mutating func optionalFloat8() throws(PostgresError) -> Double? { try optional(Float8Format.self) }
    public mutating func optionalText() throws(PostgresError) -> String? { try optional(TextFormat.self) }
    public mutating func optionalUUID() throws(PostgresError) -> UInt128? { try optional(UUIDFormat.self) }
    public mutating func optionalTimestamptz() throws(PostgresError) -> Int64? { try optional(TimestamptzFormat.self) }
    public mutating func optionalBytea() throws(PostgresError) -> [UInt8]? { try optional(ByteaFormat.self) }
    public mutating func optionalJSONB() throws(PostgresError) -> [UInt8]? { try optional(JSONBFormat.self) }
    public mutating func optionalInet() throws(PostgresError) -> Inet? { try optional(InetFormat.self) }

    // Arrays: an array or an element that is null is an error (`coalesce` it).
    public mutating func bools() throws(PostgresError) -> [Bool] { try array(BoolFormat.self) }
    public mutating func int2s() throws(PostgresError) -> [Int16] { try array(Int2Format.self) }
    public mutating func int4s() throws(PostgresError) -> [Int32] { try array(Int4Format.self) }
    public mutating func int8s() throws(PostgresError) -> [Int64] { try array(Int8Format.self) }
    public mutating func float8s() throws(PostgresError) -> [Double] { try array(Float8Format.self) }
    public mutating func texts() throws(PostgresError) -> [String] { try array(TextFormat.self) }
    public mutating func uuids() throws(PostgresError) -> [UInt128] { try array(UUIDFormat.self) }
    public mutating func timestamptzs() throws(PostgresError) -> [Int64] { try array(TimestamptzFormat.self) }
    public mutating func byteas() throws(PostgresError) -> [[UInt8]] { try array(ByteaFormat.self) }
    public mutating func jsonbs() throws(PostgresError) -> [[UInt8]] { try array(JSONBFormat.self) }
    public mutating func inets() throws(PostgresError) -> [Inet] { try array(InetFormat.self) }

    /// Whether the next column is null; it stays the next.
    public var isNull: Bool { PQgetisnull(rows, row, column) == 1 }

    public mutating func skip(_ columns: Int = 1) { column += Int32(columns) }

    /// The column that was read last, for messages.
    var place: String { name(of: max(0, column - 1)) }

    func end() throws(PostgresError) {
        let columns = PQnfields(rows)
        if column != columns { throw .decoding("\(column) of \(columns) columns were read") }
    }

    private mutating func array<Format: BinaryFormat>(_ format: Format.Type) throws(PostgresError) -> [Format.Value] {
        let values = try required(ArrayFormat<Format>.self)
        var elements: [Format.Value] = []
        elements.reserveCapacity(values.count)
        for value in values {
            guard let value else {
                throw .decoding("\(place): expected \(ArrayFormat<Format>.name), found a null in it")
            }
            elements.append(value)
        }
        return elements
    }

    private mutating func required<Format: BinaryFormat>(_ format: Format.Type) throws(PostgresError) -> Format.Value {
        if let value = try optional(format) { return value }
        throw .decoding("\(place): expected \(Format.name), found null")
    }

    private mutating func optional<Format: BinaryFormat>(_ format: Format.Type) throws(PostgresError) -> Format.Value? {
        guard column < PQnfields(rows) else {
            throw .decoding("expected \(Format.name) in column \(column + 1), found only \(column) columns")
        }
        let oid = PQftype(rows, column)
        guard oid == Format.oid || Format.readable.contains(oid) else {
            throw .decoding("\(name(of: column)): expected \(Format.name), found the type \(oid)")
        }
        defer { column += 1 }
        if isNull { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(rows, row, column), count: Int(PQgetlength(rows, row, column)))
        guard let value = Format.read(bytes) else {
            throw .decoding("\(name(of: column)): \(bytes.count) bytes are no \(Format.name)")
        }
        return value
    }

    private func name(of column: Int32) -> String {
        let name = PQfname(rows, column).map { String(cString: $0) }
        return "column \(column + 1)" + (name.map { " (\($0))" } ?? "")
    }
}
