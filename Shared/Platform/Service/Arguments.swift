/// A command of one word or more, and its options, `--name value`.
public struct Arguments: Sendable {
    public let command: String?
    private let words: [String]

    public init(_ words: some Collection<String>) {
        let isOption = { (word: String) in word.hasPrefix("--") && word != "--help" }
        let command = words.prefix { !isOption($0) }
        self.command = command.isEmpty ? nil : command.joined(separator: " ")
        self.words = Array(words.dropFirst(command.count))
    }

    /// The value after `--name`; nil when it is not there.
    public subscript(_ name: String) -> String? {
        guard let index = words.firstIndex(of: "--\(name)"), index + 1 < words.count else { return nil }
        return words[index + 1]
    }

    public func required(_ name: String) throws(UsageError) -> String {
        guard let value = self[name], !value.isEmpty else { throw UsageError("--\(name) is required") }
        return value
    }

    /// Whether `--name` is there, which takes no value.
    func has(_ flag: String) -> Bool { words.contains("--\(flag)") }

    /// Refuses what no option takes.
    func takes(_ options: [String], flags: [String] = []) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word.hasPrefix("--"), flags.contains(String(word.dropFirst(2))) { continue }
            guard word.hasPrefix("--"), options.contains(String(word.dropFirst(2))) else {
                throw UsageError("'\(word)' is not an option of \(command ?? "")")
            }
            guard rest.popFirst() != nil else { throw UsageError("\(word) needs a value") }
        }
    }
}

/// A command line that cannot be meant.
public struct UsageError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
