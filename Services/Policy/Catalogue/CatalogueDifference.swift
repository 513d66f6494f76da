import GatehouseJSON
import GatehouseModel

/// A new catalogue beside the one that it replaces.
struct CatalogueDifference: Sendable {
    let catalogue: Catalogue
    let document: [UInt8]
    /// Which names went and came; of what kept its name, that it changed. Empty: nothing is another.
    let changes: [FieldChange]
    /// Permissions that nobody could have before.
    let newPermissions: Set<Permission>

    /// `saved`: the old one's document.
    init(from saved: [UInt8], to catalogue: Catalogue) throws {
        let old = try Catalogue(parsing: saved)
        self.catalogue = catalogue
        document = catalogue.json.bytes
        changes = old == catalogue ? [] : Self.changes(old.parts, catalogue.parts)
        newPermissions = Set(catalogue.allPermissions.map(\.name)).subtracting(old.allPermissions.map(\.name))
    }

    private static func changes(
        _ before: [String: [String: JSON]], _ after: [String: [String: JSON]]
    ) -> [FieldChange] {
        before.keys.sorted().compactMap { member in
            let (before, after) = (before[member] ?? [:], after[member] ?? [:])
            let gone = before.filter { after[$0.key] != $0.value }.keys.sorted()
            let come = after.filter { before[$0.key] != $0.value }.keys.sorted()
            guard !gone.isEmpty || !come.isEmpty else { return nil }
            return FieldChange(member, from: .array(gone.map { .string($0) }), to: .array(come.map { .string($0) }))
        }
    }
}

extension Catalogue {
    /// By member and name: what stands there.
    fileprivate var parts: [String: [String: JSON]] {
        func named<Part>(_ parts: [Part], _ name: (Part) -> String, _ json: (Part) -> JSON) -> [String: JSON] {
            Dictionary(parts.map { (name($0), json($0)) }) { first, _ in first }
        }
        return [
            "scopes": named(scopes, \.name.text, \.json), "permissions": named(permissions, \.name.text, \.json),
            "routes": named(routes, \.description, \.json), "object_types": named(objectTypes, \.type.text, \.json),
            "internal_kinds": named(internalKinds, \.kind.text, \.json),
        ]
    }
}
