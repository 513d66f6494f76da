/// Why a writer stops, and begins again by asking the database what is so.
enum Interruption: Error, CustomStringConvertible {
    /// Another has taken the lead.
    case deposed
    /// Somebody has moved the positions.
    case moved
    /// The log holds what this writer did not write.
    case foreign
    /// The log has no such sequence, though it has later ones.
    case missing(Int64)

    var description: String {
        switch self {
        case .deposed: "another process writes the log"
        case .moved: "the stored positions are not those that were read from"
        case .foreign: "rows were added to the log by somebody else"
        case .missing(let sequence): "the log has no event \(sequence), and has later ones"
        }
    }
}
