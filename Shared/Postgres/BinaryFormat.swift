/// How a type of PostgreSQL looks on the wire: its `…send` and `…recv` functions, in Swift.
protocol BinaryFormat {
    associatedtype Value
    static var name: String { get }
    /// The type that a parameter is declared with.
    static var oid: UInt32 { get }
    /// The type of an array of them.
    static var arrayOID: UInt32 { get }
    /// The types of columns that look the same and mean the same.
    static var readable: [UInt32] { get }
    static func write(_ value: Value, to bytes: inout [UInt8])
    /// `nil`: these bytes are no such value.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Value?
}

extension BinaryFormat {
    static var readable: [UInt32] { [oid] }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The whole buffer as one integer.
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type = Integer.self) -> Integer? {
        count == MemoryLayout<Integer>.size ? Integer(bigEndian: loadUnaligned(as: Integer.self)) : nil
    }
}
