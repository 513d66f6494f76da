import GatehouseJSON
import GatehouseModel

/// What an area holds. Without a domain it is global: it lies in every domain.
struct Thing {
    let id: ID<Thing>
    var body: JSON.Object
    var domains: Set<DomainName> = []

    /// Members come as they are, but the id, which is ours.
    init(id: ID<Thing>, of area: Area, over old: JSON.Object, _ json: JSON) throws(Problem) {
        self.id = id
        var whole = old
        for (name, value) in try JSON.Object(json: json).members { whole[name] = value }
        whole["id"] = area.hasDomains ? nil : .string(id.text)
        guard area.hasDomains else {
            body = whole
            return
        }
        var fields = try Fields(.object(whole))
        let name = fields.required("name", as: Name.self)
        let domains = fields.optional("domains", as: [DomainName].self, atMost: Domains.maximumNames)
        guard fields.areValid, let name else { throw fields.problem }
        self.domains = Set(domains ?? [])
        body = [
            "id": .string(id.text), "name": name.json, "domains": .array(self.domains.sorted().map(\.json)),
        ]
    }

    /// Reading needs one of its domains.
    func isVisible(to reach: Domains) -> Bool { domains.isEmpty || domains.contains { reach.contains($0) } }

    /// Writing needs all of them; what is global, all that there are.
    func isWritable(by reach: Domains) -> Bool { reach.contains(domains.isEmpty ? .all : .some(domains)) }
}
