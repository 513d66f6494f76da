import CMicroHTTPD
import Glibc

/// The strict reading of a request's head. libmicrohttpd is lenient, and two servers that read one request differently can be played
/// against each other: what has two readings is refused before any route, and its connection closed (RFC 9112 §3.2, §5.2, §6.3, §11.2).
struct Framing {
    /// Of the body, where it is stated.
    private(set) var length: Int?
    private(set) var isChunked = false
    /// The client waits for a word before it sends the body.
    private(set) var expects = false
    var hasBody: Bool { isChunked || length ?? 0 > 0 }

    private var hosts = 0
    private var host = UnsafeRawBufferPointer(start: nil, count: 0)
    private var fault: StaticString?
    /// Where the next field must begin if each is a line of its own.
    private var next: UnsafePointer<CChar>
    private var names = ByteSet.token

    /// 0.9 ends lines at a bare LF, reads them up to their first NUL and garbles folded ones. The head's bytes stay in its memory, only
    /// delimiters are overwritten by NUL: so each byte must have its place. From 1.0 on the library refuses these itself.
    static let isLenient = String(cString: MHD_get_version()).hasPrefix("0.")

    init(
        _ connection: OpaquePointer, method: UnsafePointer<CChar>, url: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>, target: String
    ) throws(Refusal) {
        next = version + 10
        let count = target.utf8.count
        guard
            !Self.isLenient
                || method + strlen(method) + 1 == url && url + count + 1 == version && Self.ends(version + 8)
        else { throw .malformed("The request line is malformed.") }

        MHD_get_connection_values_n(
            connection, .HEADER_KIND,
            { framing, _, name, nameCount, value, count in
                guard let framing, let name, let value else { return .NO }
                framing.assumingMemoryBound(to: Framing.self).pointee.visit(name, nameCount, value, count)
                return .YES
            }, &self)
        if let fault { throw .malformed(fault.description) }
        if Self.isLenient, next + 2 != method + mhd_head_size(connection) || !Self.ends(next) {
            throw .malformed("The header section is malformed.")
        }

        let isOld = version[7] == 0x30  // HTTP/1.0
        guard hosts == 1 || hosts == 0 && isOld else { throw .malformed("A request has one Host.") }
        guard !isChunked || length == nil && !isOld else { throw .malformed("A body has one length.") }
        let method = UnsafeRawBufferPointer(start: method, count: strlen(method))
        guard !method.isEmpty, method.allSatisfy(names.contains) else { throw .malformed("The method is no token.") }
        var target = target
        guard target.withUTF8({ Target.isValid(UnsafeRawBufferPointer($0), method: method, host: host) }) else {
            throw .malformed("The target is no path, or not of this host.")
        }
    }

    private static func ends(_ end: UnsafePointer<CChar>) -> Bool { end[0] == 0 && end[1] == 0 }

    private mutating func visit(
        _ name: UnsafePointer<CChar>, _ nameCount: Int, _ value: UnsafePointer<CChar>, _ count: Int
    ) {
        guard fault == nil else { return }
        guard !Self.isLenient || name == next && Self.ends(value + count) else {
            fault = "A header is folded, or broken by a NUL or a bare LF."
            return
        }
        next = value + count + 2
        let name = UnsafeRawBufferPointer(start: name, count: nameCount)
        let value = UnsafeRawBufferPointer(start: value, count: count)
        guard !name.isEmpty, name.allSatisfy(names.contains) else {
            fault = "A header's name is no token."
            return
        }
        guard !hasControls(value) else {
            fault = "A header's value has control characters."
            return
        }
        switch nameCount {
        case 4 where name.isWord("host"): visit(host: value)
        case 6 where name.isWord("expect"): expects = true
        case 14 where name.isWord("content-length"): visit(length: value)
        case 17 where name.isWord("transfer-encoding"):
            if isChunked || !value.isWord("chunked") { fault = "The transfer coding is not `chunked`." }
            isChunked = true
        default: break
        }
    }

    private mutating func visit(host value: UnsafeRawBufferPointer) {
        hosts += 1
        host = value
        let allowed = ByteSet.host
        if value.isEmpty || !value.allSatisfy(allowed.contains) { fault = "Host is no host." }
    }

    private mutating func visit(length value: UnsafeRawBufferPointer) {
        guard length == nil else {
            fault = "A body has one length."
            return
        }
        var length = 0
        for byte in value {
            guard byte >= 0x30, byte <= 0x39, length < Int.max / 10 - 10 else {
                fault = "Content-Length is no number."
                return
            }
            length = length * 10 + Int(byte - 0x30)
        }
        self.length = length
    }
}

/// Any but a tab (RFC 9110 §5.5). Eight bytes at a time; by `SIMD16` it costs ten times as much, its `any` being generic at run time.
func hasControls(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if mayHaveControls(word), bytes[index..<index + 8].contains(where: isControl) { return true }
        index += 8
    }
    return bytes[index...].contains(where: isControl)
}

private func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7f }

/// Whether a byte of the eight is below 0x20, or 0x7f.
@inline(__always)
private func mayHaveControls(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let deletes = word ^ (ones &* 0x7f)
    let below = (word &- (ones &* 0x20)) & ~word
    return (below | (deletes &- ones) & ~deletes) & (ones &* 0x80) != 0
}

extension UnsafeRawBufferPointer {
    /// Whether these bytes are `word` (in lower case), whatever their case.
    fileprivate func isWord(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count where lowercased(self[index]) != word.utf8Start[index] { return false }
        return true
    }
}
