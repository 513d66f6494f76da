import GatehouseModel
import Synchronization

/// Names that stand in a million rows, each checked once.
final class KnownNames<Name: TextValue>: Sendable {
    private let names = Mutex<[String: Name]>([:])

    func name(_ text: String) throws -> Name {
        try names.withLock { names in
            if let known = names[text] { return known }
            let name = try Name(text)
            names[text] = name
            return name
        }
    }
}
