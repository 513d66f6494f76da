/// A request's target, as sent, and where its path stands in it.
struct Target {
    let text: String
    /// In UTF-8 units: from the path's `/` to the query's `?`.
    let path: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer) {
        text = String(decoding: bytes, as: UTF8.self)
        let start = Self.authority(bytes)?.upperBound ?? 0
        path = start..<(bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex)
    }

    /// Where an absolute target (`http://host/path`) names its host.
    static func authority(_ target: UnsafeRawBufferPointer) -> Range<Int>? {
        guard target.first != UInt8(ascii: "/") else { return nil }
        for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8, by: { lowercased($0) == $1 }) {
            let start = scheme.utf8.count
            return
                start..<(target[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
                ?? target.endIndex)
        }
        return nil
    }

    /// Whether it has one reading: a path, or `http://` with the very host of the header (RFC 9112 §3.2), of RFC 3986's bytes.
    static func isValid(_ target: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer)
        -> Bool
    {
        let allowed = ByteSet.target
        var index = 0
        while index < target.count {
            let byte = target[index]
            guard allowed.contains(byte) else { return false }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < target.count, ByteSet.hexadecimal.contains(target[index + 1]),
                    ByteSet.hexadecimal.contains(target[index + 2])
                else { return false }
            }
            index += 1
        }
        if target.first == UInt8(ascii: "/") { return true }
        if let authority = authority(target) {
            return target[authority].elementsEqual(host) { lowercased($0) == lowercased($1) }
                && authority.upperBound < target.count && target[authority.upperBound] == UInt8(ascii: "/")
        }
        return target.elementsEqual("*".utf8) && method.elementsEqual("OPTIONS".utf8)
    }
}
