import GatehouseJSON
import GatehouseModel

/// What a creation answers, be it that it was made or that it had been: a user, a role, a domain.
struct Created: Sendable {
    let json: JSON.Object
    let revision: Revision

    /// What is kept for whoever asks again: all of it, sealed, for it may name a person.
    static func kept(_ json: JSON.Object) -> [UInt8] { JSON.object(json).bytes }
}
