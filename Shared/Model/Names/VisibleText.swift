@_spi(_Unicode) import Swift

/// The rule that all names for people share: one line, and nothing in it that cannot be seen.
enum VisibleText {
    /// Without surrounding space, in normalisation form C, so that equal names are equal bytes.
    static func canonical(_ text: String, length: ClosedRange<Int>) throws(Problem) -> String {
        let trimmed = trimmed(text)
        if let hidden = trimmed.unicodeScalars.first(where: isHidden) {
            throw Problem(.validation, "must not contain \(code(of: hidden)), which cannot be seen")
        }
        // The standard library normalises, but offers it to itself alone.
        let canonical = String(String.UnicodeScalarView(trimmed._nfc))
        guard length.contains(canonical.unicodeScalars.count) else {
            let least = length.lowerBound == 0 ? "at most" : "\(length.lowerBound) to"
            throw Problem(.validation, "must have \(least) \(length.upperBound) characters")
        }
        return canonical
    }

    /// What two names have in common that differ in case alone.
    static func key(_ text: String) -> String {
        String(String.UnicodeScalarView(text.uppercased().lowercased()._nfc))
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" { return true }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        case .spaceSeparator: scalar != " "
        default: false
        }
    }

    private static func code(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
