import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/users` (03 § Management API).
struct UserRoutes {
    let users: UserAdministration
    let settlement: Settlement
    let answerKeys: AnswerKeys

    func mount(on api: API) {
        api.on("GET", "/api/v1/users", .none, list)
        api.on("POST", "/api/v1/users", .json(), create)
        api.on("GET", "/api/v1/users/{id}", .none, get)
        api.on("PATCH", "/api/v1/users/{id}", .mergePatch(), patch)
        api.on("DELETE", "/api/v1/users/{id}", .none, delete)
    }

    private func list(_ call: Call) async throws(Problem) -> Response {
        let page = try call.page(of: "users")
        let found = try await users.page(after: Self.place(page), limit: page.limit + 1)
        return .json(page.answer(found, key: { [$0.profile.name.text, $0.id.text] }, json: { .object($0.json) }))
    }

    private func create(_ call: Call) async throws -> Response {
        let user = try await users.create(call.json(), by: call.author, once: Claim(call, answerKeys))
        return await settlement.answer(.created(user, in: "/api/v1/users", by: "id"), after: user.revision)
    }

    private func get(_ call: Call) async throws(Problem) -> Response { .user(try await users.find(call.userID())) }

    /// A patch that changes nothing still waits: what it finds may be a change whose caller was told that it is pending.
    private func patch(_ call: Call) async throws(Problem) -> Response {
        let user = try await users.patch(call.userID(), with: call.json(), if: call.condition(), by: call.author)
        return await settlement.answer(.user(user), after: user.revision)
    }

    private func delete(_ call: Call) async throws(Problem) -> Response {
        let revision = try await users.delete(call.userID(), if: call.condition(), by: call.author)
        return await settlement.answer(Response(204), after: revision)
    }

    private static func place(_ page: Page) throws(Problem) -> UserStore.Place? {
        guard let after = page.after else { return nil }
        guard after.count == 2, let name = try? Name(after[0]), let id = try? UserID(after[1]) else {
            throw Problem(field: "cursor", "is not a cursor of this list")
        }
        return UserStore.Place(name: name, id: id)
    }
}

extension Call {
    /// What is no id names no user.
    fileprivate func userID() throws(Problem) -> UserID {
        guard let id = try? UserID(parameter("id")) else { throw User.absent }
        return id
    }
}

extension Response {
    fileprivate static func user(_ user: User) -> Response {
        .json(.object(user.json), [EntityTag.header(user.revision)])
    }
}
