import GatehouseJSON
import GatehouseModel

/// What is known of an application's one secret, once it has been shown (F27).
struct Secret: Sendable, Hashable {
    let hint: String
    let generation: Int64
    let created: Application.Stamp
    let lastUsed: Timestamp?

    var json: JSON {
        [
            "hint": .string(hint), "generation": .integer(generation), "created_at": created.time.json,
            "created_by": created.user.json, "last_used_at": lastUsed?.json ?? .null,
        ]
    }
}
