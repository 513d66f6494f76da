import GatehouseJSON
import GatehouseModel

/// A part of the product that has credentials of its own (F4): a connection, a notebook.
struct Component: Sendable, Hashable {
    let kind: ComponentKind
    let name: ApplicationName

    /// What its application is called: "Connection: CRM import".
    var title: String { kind.text.prefix(1).uppercased() + kind.text.dropFirst() + ": " + name.text }

    var json: JSON { ["kind": kind.json, "name": name.json] }
}
