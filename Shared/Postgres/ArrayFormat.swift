/// One-dimensional arrays. An element may be null on the way in; on the way out it may not.
enum ArrayFormat<Element: BinaryFormat>: BinaryFormat {
    static var name: String { Element.name + "[]" }
    static var oid: UInt32 { Element.arrayOID }
    static var arrayOID: UInt32 { 0 }
    static var readable: [UInt32] { Element.oid == TextFormat.oid ? [oid, 1015, 1003] : [oid] }  // varchar[], name[]

    static func write(_ value: [Element.Value?], to bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(value.isEmpty ? 0 : 1))  // dimensions
        bytes.append(bigEndian: Int32(value.contains { $0 == nil } ? 1 : 0))
        bytes.append(bigEndian: Element.oid)
        if value.isEmpty { return }
        bytes.append(bigEndian: Int32(value.count))
        bytes.append(bigEndian: Int32(1))  // the first index
        for element in value {
            let length = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard let element else { continue }
            Element.write(element, to: &bytes)
            let written = Int32(bytes.count - length - 4).bigEndian
            withUnsafeBytes(of: written) { bytes.replaceSubrange(length..<length + 4, with: $0) }
        }
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> [Element.Value?]? {
        var rest = bytes[...]
        func integer() -> Int32? {
            defer { rest = rest.dropFirst(4) }
            return UnsafeRawBufferPointer(rebasing: rest.prefix(4)).integer()
        }
        guard let dimensions = integer(), integer() != nil, integer() != nil else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = integer(), integer() != nil else { return nil }
        var values: [Element.Value?] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let length = integer() else { return nil }
            if length < 0 {
                values.append(nil)
                continue
            }
            let element = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
            guard element.count == length, let value = Element.read(element) else { return nil }
            values.append(value)
            rest = rest.dropFirst(Int(length))
        }
        return rest.isEmpty ? values : nil
    }
}
