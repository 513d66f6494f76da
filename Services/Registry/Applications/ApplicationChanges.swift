import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The facts of what happens to applications: a change is told once, by the fact that is named for it.
extension Change {
    static func creation(of id: ClientID, _ profile: Application.Profile, by author: Author) -> Change {
        Change(
            .applicationCreated, .create, of: id, named: profile.name,
            changes: FieldChange.between([:], profile.json), by: author)
    }

    static func update(
        of id: ClientID, from old: Application.Profile, to new: Application.Profile, revokesTokens: Bool,
        by author: Author
    ) -> Change {
        let changes = FieldChange.between(old.json, new.json)
        var updates = changes.filter { $0.field != "enabled" }
        // The same keys for other algorithms: that is all that may be told.
        if new.keys != old.keys, new.keys?.summary == old.keys?.summary {
            updates.append(FieldChange(redacting: "jwks"))
        }
        if revokesTokens { updates.append(.tokensRevoked) }
        var facts: [OutgoingFact] = []
        if !updates.isEmpty {
            facts.append(fact(.applicationUpdated, .update, of: id, named: new.name, changes: updates, by: author))
        }
        if new.isEnabled != old.isEnabled {
            facts.append(
                fact(
                    new.isEnabled ? .applicationEnabled : .applicationDisabled, .update, of: id, named: new.name,
                    changes: changes.filter { $0.field == "enabled" }, by: author))
        }
        return Change(facts, by: author)
    }
}

extension FieldChange {
    /// No field, but what a change did beside: all tokens of before are dead.
    static let tokensRevoked = FieldChange("tokens", from: "valid", to: "revoked")
}
