import GatehouseJSON

/// Data that become shorter until they fit. U+0000 is replaced from the start: PostgreSQL's `jsonb` cannot hold it.
struct Excerpt {
    private static let steps = [(text: 8192, elements: 1000), (2048, 200), (512, 50), (128, 10)]

    private let whole: JSON.Object
    private var steps = Self.steps[...]
    private(set) var data: JSON.Object

    init(of data: JSON.Object) {
        whole = Self.cut(data, text: .max, elements: .max)
        self.data = whole
    }

    /// Whether JSON may hold U+0000: it is always written as an escape.
    static func mayHoldNUL(_ json: [UInt8]) -> Bool {
        var zeros = 0
        for byte in json {
            zeros = byte == UInt8(ascii: "u") ? 1 : byte == UInt8(ascii: "0") && zeros > 0 ? zeros + 1 : 0
            if zeros == 5 { return true }
        }
        return false
    }

    /// A subject.
    static func of(_ text: String) -> String { cut(clean(text), 1024) }

    /// After few calls nothing is left but `"truncated": true`.
    mutating func shorten() {
        if let (text, elements) = steps.popFirst() {
            data = Self.cut(whole, text: text, elements: elements)
        } else {
            data = [:]
        }
        data["truncated"] = true
    }

    private static func cut(_ object: JSON.Object, text: Int, elements: Int) -> JSON.Object {
        JSON.Object(object.members.map { (clean($0.name), cut($0.value, text: text, elements: elements)) })
    }

    private static func cut(_ value: JSON, text: Int, elements: Int) -> JSON {
        switch value {
        case .null, .bool, .integer, .number: value
        case .string(let string): .string(cut(clean(string), text))
        case .array(let array): .array(array.prefix(elements).map { cut($0, text: text, elements: elements) })
        case .object(let object): .object(cut(object, text: text, elements: elements))
        }
    }

    private static func cut(_ text: String, _ length: Int) -> String {
        text.utf8.count <= length ? text : String(text.unicodeScalars.prefix(length)) + "…"
    }

    private static func clean(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
