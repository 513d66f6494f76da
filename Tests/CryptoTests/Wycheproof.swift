import Foundation
import Testing

/// A file of Project Wycheproof in `Vectors/`.
struct Wycheproof<Group: Decodable>: Decodable {
    let testGroups: [Group]

    static func read(_ name: String) throws -> [Group] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: url)).testGroups
    }
}

enum Verdict: String, Decodable {
    case valid, invalid, acceptable
}

/// How many vectors of a file ran, by their verdict, and how many did not concern us.
struct Tally: CustomStringConvertible {
    var valid = 0
    var invalid = 0
    var skipped = 0

    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .valid: valid += 1
        case .invalid: invalid += 1
        case .acceptable: Issue.record("no file of ours has acceptable vectors: decide")
        }
    }

    var description: String { "\(valid) valid, \(invalid) invalid, \(skipped) skipped" }
}
