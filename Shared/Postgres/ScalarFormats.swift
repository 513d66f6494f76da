enum BoolFormat: BinaryFormat {
    static let name = "bool"
    static let oid: UInt32 = 16
    static let arrayOID: UInt32 = 1000
    static func write(_ value: Bool, to bytes: inout [UInt8]) { bytes.append(value ? 1 : 0) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Bool? { bytes.integer(UInt8.self).map { $0 != 0 } }
}

enum Int2Format: BinaryFormat {
    static let name = "int2"
    static let oid: UInt32 = 21
    static let arrayOID: UInt32 = 1005
    static func write(_ value: Int16, to bytes: inout [UInt8]) { bytes.append(bigEndian: value) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Int16? { bytes.integer() }
}

enum Int4Format: BinaryFormat {
    static let name = "int4"
    static let oid: UInt32 = 23
    static let arrayOID: UInt32 = 1007
    static func write(_ value: Int32, to bytes: inout [UInt8]) { bytes.append(bigEndian: value) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Int32? { bytes.integer() }
}

enum Int8Format: BinaryFormat {
    static let name = "int8"
    static let oid: UInt32 = 20
    static let arrayOID: UInt32 = 1016
    static func write(_ value: Int64, to bytes: inout [UInt8]) { bytes.append(bigEndian: value) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Int64? { bytes.integer() }
}

enum Float8Format: BinaryFormat {
    static let name = "float8"
    static let oid: UInt32 = 701
    static let arrayOID: UInt32 = 1022
    static func write(_ value: Double, to bytes: inout [UInt8]) { bytes.append(bigEndian: value.bitPattern) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Double? { bytes.integer().map(Double.init(bitPattern:)) }
}

/// Always UTF-8: a connection asks for nothing else, and the server keeps to it.
enum TextFormat: BinaryFormat {
    static let name = "text"
    static let oid: UInt32 = 25
    static let arrayOID: UInt32 = 1009
    static let readable: [UInt32] = [oid, 1043, 1042, 19]  // varchar, char(n), name
    static func write(_ value: String, to bytes: inout [UInt8]) { bytes.append(contentsOf: value.utf8) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> String? { String(decoding: bytes, as: UTF8.self) }
}

enum ByteaFormat: BinaryFormat {
    static let name = "bytea"
    static let oid: UInt32 = 17
    static let arrayOID: UInt32 = 1001
    static func write(_ value: [UInt8], to bytes: inout [UInt8]) { bytes.append(contentsOf: value) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? { [UInt8](bytes) }
}

enum UUIDFormat: BinaryFormat {
    static let name = "uuid"
    static let oid: UInt32 = 2950
    static let arrayOID: UInt32 = 2951
    static func write(_ value: UInt128, to bytes: inout [UInt8]) { bytes.append(bigEndian: value) }
    static func read(_ bytes: UnsafeRawBufferPointer) -> UInt128? { bytes.integer() }
}

/// Microseconds: PostgreSQL counts them from 2000-01-01, we from 1970-01-01. `Int64.max` and `.min` are its infinities.
enum TimestamptzFormat: BinaryFormat {
    static let name = "timestamptz"
    static let oid: UInt32 = 1184
    static let arrayOID: UInt32 = 1185
    private static let year2000: Int64 = 946_684_800_000_000

    static func write(_ value: Int64, to bytes: inout [UInt8]) {
        let (since2000, overflow) = value.subtractingReportingOverflow(year2000)
        let isInfinite = value == .max || value == .min
        // What does not fit is sent as a moment that the server refuses.
        bytes.append(bigEndian: isInfinite ? value : overflow ? .min + 1 : since2000)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let since2000 = bytes.integer(Int64.self) else { return nil }
        if since2000 == .max || since2000 == .min { return since2000 }
        let (since1970, overflow) = since2000.addingReportingOverflow(year2000)
        return overflow ? nil : since1970
    }
}

/// The text of a JSON value.
enum JSONBFormat: BinaryFormat {
    static let name = "jsonb"
    static let oid: UInt32 = 3802
    static let arrayOID: UInt32 = 3807
    private static let version: UInt8 = 1
    static func write(_ value: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(version)
        bytes.append(contentsOf: value)
    }
    static func read(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        bytes.first == version ? [UInt8](bytes.dropFirst()) : nil
    }
}

enum InetFormat: BinaryFormat {
    static let name = "inet"
    static let oid: UInt32 = 869
    static let arrayOID: UInt32 = 1041
    private static let ipv4: UInt8 = 2
    private static let ipv6: UInt8 = 3
    static func write(_ value: Inet, to bytes: inout [UInt8]) {
        bytes.append(value.bytes.count == 4 ? ipv4 : ipv6)
        bytes.append(value.prefix)
        bytes.append(0)  // not a cidr
        bytes.append(UInt8(truncatingIfNeeded: value.bytes.count))
        bytes.append(contentsOf: value.bytes)
    }
    static func read(_ bytes: UnsafeRawBufferPointer) -> Inet? {
        guard bytes.count >= 4, bytes[3] == (bytes[0] == ipv4 ? 4 : 16), bytes.count == 4 + Int(bytes[3]) else {
            return nil
        }
        return Inet(bytes: [UInt8](bytes[4...]), prefix: bytes[1])
    }
}
