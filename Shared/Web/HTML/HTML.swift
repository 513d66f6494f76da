public import GatehouseModel

/// A piece of HTML that is safe by the way it is made: text is escaped, elements, attributes and classes are of closed sets, addresses
/// have been looked at. Nothing that comes as text becomes markup.
///
/// A literal is text, too; what it interpolates is text or, where it is HTML, stays what it is: `"Go on to \(.a(website, "shop"))"`.
public struct HTML: Sendable, Hashable {
    /// What is sent.
    public private(set) var markup: String

    /// For this module's own constants and elements.
    init(markup: String) { self.markup = markup }

    /// Text, escaped.
    public init(_ text: String) { markup = Self.escaped(text) }

    public static let nothing = HTML(markup: "")

    public var isEmpty: Bool { markup.isEmpty }

    public static func + (left: HTML, right: HTML) -> HTML { HTML(markup: left.markup + right.markup) }

    /// For text and for values between double quotes alike. NUL has no place in HTML, and is shown as what cannot be shown.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: isSpecial) else { return text }
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count + 32)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\0": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0: true
        default: false
        }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { markup += HTML.escaped(literal) }
        public mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }
        public mutating func appendInterpolation(_ value: some TextValue) { markup += HTML.escaped(value.text) }
        public mutating func appendInterpolation(_ number: Int) { markup += String(number) }
        public mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
    }

    public init(stringLiteral text: String) { self.init(text) }
    public init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }
}
