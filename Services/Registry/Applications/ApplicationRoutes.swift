import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/applications` (03 § Management API).
struct ApplicationRoutes {
    private let applications: Applications
    private let secrets: Secrets
    private let settlement: Settlement
    private let answerKeys: AnswerKeys

    init(_ applications: Applications, _ secrets: Secrets, _ settlement: Settlement, _ answerKeys: AnswerKeys) {
        self.applications = applications
        self.secrets = secrets
        self.settlement = settlement
        self.answerKeys = answerKeys
    }

    func mount(on api: API) {
        api.on("GET", "/api/v1/applications", .none, list)
        api.on("POST", "/api/v1/applications", .json(), create)
        api.on("GET", "/api/v1/applications/{client_id}", .none, get)
        api.on("PATCH", "/api/v1/applications/{client_id}", .mergePatch(), patch)
        api.on("DELETE", "/api/v1/applications/{client_id}", .none, delete)
    }

    private func list(_ call: Call) async throws -> Response {
        let query = try call.query(of: ApplicationFilter.parameters)
        let filter = try ApplicationFilter(query)
        let page = try Page(query, list: "applications \(filter)")
        let found = try await applications.page(filter, after: try Self.place(page), limit: page.limit + 1)
        return .json(
            page.answer(found, key: { [$0.profile.name.text, $0.clientID.text] }, json: { .object($0.json) }))
    }

    private func create(_ call: Call) async throws -> Response {
        let made = try await applications.create(
            call.json(), secrets.fresh(), by: call.author, once: Claim(call, answerKeys))
        let application = await applications.shown(made.application)
        var body = application.json
        body["client_secret"] = .string(made.secret)
        let location = Location.header("/api/v1/applications", application.clientID.text)
        return await settlement.answer(
            .json(.object(body), status: 201, [EntityTag.header(application.revision), location]),
            after: application.revision)
    }

    private func get(_ call: Call) async throws -> Response {
        .application(await applications.shown(try await applications.find(call.clientID())))
    }

    /// A patch that changes nothing still waits: what it finds may be a change whose caller was told that it is pending.
    private func patch(_ call: Call) async throws -> Response {
        let application = await applications.shown(
            try await applications.patch(call.clientID(), with: call.json(), if: call.condition(), by: call.author))
        return await settlement.answer(.application(application), after: application.revision)
    }

    private func delete(_ call: Call) async throws -> Response {
        let revision = try await applications.delete(call.clientID(), if: call.condition(), by: call.author)
        return await settlement.answer(Response(204), after: revision)
    }

    private static func place(_ page: Page) throws(Problem) -> ApplicationListStore.Place? {
        guard let after = page.after else { return nil }
        guard after.count == 2, let name = try? ApplicationName(after[0]), let id = try? ClientID(after[1]) else {
            throw Problem(field: "cursor", "is not a cursor of this list")
        }
        return ApplicationListStore.Place(name: name, id: id)
    }
}

extension Call {
    /// What is no client id names no application.
    func clientID() throws(Problem) -> ClientID {
        guard let id = try? ClientID(parameter("client_id")) else {
            throw Problem(.notFound, "There is no such application.")
        }
        return id
    }
}

extension Response {
    static func application(_ application: Application) -> Response {
        .json(.object(application.json), [EntityTag.header(application.revision)])
    }
}

extension ApplicationFilter {
    fileprivate static let parameters: Set = [
        "defined_by", "flow", "enabled", "q", "run_as", "scope", "limit", "cursor",
    ]

    fileprivate init(_ query: Query) throws(Problem) {
        var given = JSON.Object(query.fields.map { ($0.name, .string($0.value)) })
        given["enabled"] = given["enabled"].map { ["true": true, "false": false][$0.string] ?? $0 }
        if given["q"] == "" { given["q"] = nil }
        var fields = try Fields(.object(given))
        definer = fields.optional("defined_by")
        flow = fields.optional("flow")
        isEnabled = fields.optional("enabled")
        words = fields.optional("q")
        runAs = fields.optional("run_as")
        scope = fields.optional("scope")
        fields.passOverOthers()
        try fields.finish()
    }
}
