import CLibPQ

/// The values of one statement in binary, as libpq wants them. Its arrays are kept from statement to statement.
struct Parameters {
    /// 0 where the server shall infer the type.
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    mutating func fill(_ values: [Value]) {
        types.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        // Never empty: an empty value needs an address, too, or libpq takes it for a null.
        bytes.removeAll(keepingCapacity: true)
        bytes.append(0)
        for value in values { append(value) }
        if formats.count != values.count { formats = Array(repeating: 1, count: values.count) }
    }

    /// What `body` gets is good until it returns: count, values, lengths, formats.
    mutating func withPointers<Result>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        pointers.removeAll(keepingCapacity: true)
        return bytes.withUnsafeBytes { bytes in
            for start in starts {
                pointers.append(
                    start.flatMap { bytes.baseAddress?.advanced(by: $0) }?.assumingMemoryBound(to: CChar.self))
            }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(pointers.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func append(_ value: Value) {
        switch value {
        case .null:
            types.append(0)
            starts.append(nil)
            lengths.append(0)
        case .bool(let value): append(value, BoolFormat.self)
        case .int2(let value): append(value, Int2Format.self)
        case .int4(let value): append(value, Int4Format.self)
        case .int8(let value): append(value, Int8Format.self)
        case .float8(let value): append(value, Float8Format.self)
        case .text(let value): append(value, TextFormat.self)
        case .uuid(let value): append(value, UUIDFormat.self)
        case .timestamptz(let value): append(value, TimestamptzFormat.self)
        case .bytea(let value): append(value, ByteaFormat.self)
        case .jsonb(let value): append(value, JSONBFormat.self)
        case .inet(let value): append(value, InetFormat.self)
        case .bools(let values): append(values, ArrayFormat<BoolFormat>.self)
        case .int2s(let values): append(values, ArrayFormat<Int2Format>.self)
        case .int4s(let values): append(values, ArrayFormat<Int4Format>.self)
        case .int8s(let values): append(values, ArrayFormat<Int8Format>.self)
        case .float8s(let values): append(values, ArrayFormat<Float8Format>.self)
        case .texts(let values): append(values, ArrayFormat<TextFormat>.self)
        case .uuids(let values): append(values, ArrayFormat<UUIDFormat>.self)
        case .timestamptzs(let values): append(values, ArrayFormat<TimestamptzFormat>.self)
        case .byteas(let values): append(values, ArrayFormat<ByteaFormat>.self)
        case .jsonbs(let values): append(values, ArrayFormat<JSONBFormat>.self)
        case .inets(let values): append(values, ArrayFormat<InetFormat>.self)
        }
    }

    private mutating func append<Format: BinaryFormat>(_ value: Format.Value?, _ format: Format.Type) {
        types.append(Format.oid)
        let start = bytes.count
        if let value { Format.write(value, to: &bytes) }
        starts.append(value == nil ? nil : start)
        lengths.append(Int32(bytes.count - start))
    }
}
