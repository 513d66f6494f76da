import GatehouseJSON
import GatehouseModel

/// What a body states of an application that is to be made, or changed by a merge patch (RFC 7396); collects all that is wrong with it.
struct ApplicationBody {
    static let mostScopes = 1_000
    static let mostRedirectURIs = 50

    /// Nil where one is made.
    private let current: Application.Profile?
    private let json: JSON
    private var fields: Fields
    let name: ApplicationName?
    let description: Note?
    let flow: Flow?
    let redirectURIs: [RedirectURI]?
    let websiteURL: Patch<WebsiteURL>
    let scopes: [Scope]?
    let ranges: [NotedRange]?
    let runAs: Patch<UserID>
    let isEnabled: Bool?
    let keys: Patch<ClientKeys>

    init(_ json: JSON, changing current: Application.Profile? = nil) throws(Problem) {
        var fields = try Fields(json)
        let isNew = current == nil
        name = isNew ? fields.required("name") : fields.optional("name")
        description = fields.optional("description")
        flow = isNew ? fields.required("flow") : fields.optional("flow")
        redirectURIs = fields.optional("redirect_uris", atMost: Self.mostRedirectURIs)
        websiteURL = fields.nullable("website_url")
        scopes =
            isNew
            ? fields.required("scopes", atMost: Self.mostScopes) : fields.optional("scopes", atMost: Self.mostScopes)
        ranges = fields.optional("ip_ranges", atMost: NotedRange.most)
        runAs = fields.nullable("run_as")
        isEnabled = fields.optional("enabled")
        keys = fields.nullable("jwks")
        self.current = current
        self.json = json
        self.fields = fields
        checkFlow()
        checkLists()
    }

    /// What only others know of a field.
    mutating func refuse(_ field: String, _ detail: String) { fields.refuse(field, detail) }

    /// What the application will be, if nothing is wrong.
    func profile() throws(Problem) -> Application.Profile {
        try fields.finish()
        guard let name = name ?? current?.name, let flow = flow ?? current?.flow,
            let scopes = scopes ?? current?.scopes
        else { throw fields.problem }
        return Application.Profile(
            name: name, description: description ?? current?.description ?? .empty, flow: flow,
            redirectURIs: redirectURIs ?? current?.redirectURIs ?? [],
            websiteURL: websiteURL.applied(to: current?.websiteURL), scopes: scopes,
            ranges: ranges ?? current?.ranges ?? [], runAs: runAs.applied(to: current?.runAs),
            isEnabled: isEnabled ?? current?.isEnabled ?? true, keys: keys.applied(to: current?.keys))
    }

    /// What one flow requires, the other keeps unseen (A20).
    private mutating func checkFlow() {
        switch flow ?? current?.flow {
        case .authorizationCode:
            if redirectURIs == [] || isMissing("redirect_uris", unless: current?.redirectURIs.isEmpty == false) {
                refuse("redirect_uris", "must name at least one URL, to which codes are sent")
            }
            if websiteURL == .clear || isMissing("website_url", unless: current?.websiteURL != nil) {
                refuse("website_url", "is required where users authorize the application")
            }
        case .clientCredentials:
            if runAs == .clear || isMissing("run_as", unless: current?.runAs != nil) {
                refuse("run_as", "is required for client credentials: under whom the application acts")
            }
        case nil: break
        }
        if runAs == .set(.system) { refuse("run_as", "must not be the system user") }
    }

    private mutating func checkLists() {
        if scopes == [] { refuse("scopes", "must name at least one scope") }
        if let ranges, let index = AddressRange.duplicate(in: ranges.map(\.range)) {
            refuse("ip_ranges[\(index)].range", "is listed twice")
        }
    }

    private func isMissing(_ field: String, unless isKept: Bool) -> Bool { json[field] == nil && !isKept }
}
