import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The routes of one area, and what it holds: in memory, for as long as the process lives.
///
/// Of a thing with domains there are two records, ours and the resource directory's, and a crash may fall between them. So whoever
/// asks for one thing must be let through by both: policy has asked the directory, and we ask our own. Then only what both agree on can
/// be reached, whichever was written first.
final class AreaRoutes {
    private static let most = 100_000
    private let area: Area
    private let directory: Directory
    private var things: [ID<Thing>: Thing] = [:]
    /// Two changes of one thing never cross on their way to the directory.
    private let turnstile = Turnstile<ID<Thing>>()

    init(_ area: Area, _ directory: Directory) {
        self.area = area
        self.directory = directory
    }

    func mount(on router: Router) {
        let (all, one) = ("/rest/v2/\(area.name)", "/rest/v2/\(area.name)/{id}")
        on(router, "GET", all) { request in .json(["items": .array(self.visible(to: request))]) }
        on(router, "GET", one) { request in .json(.object(try self.readable(request).body)) }
        guard area.isWritable else { return }
        on(router, "POST", all) { request in .json(.object(try await self.make(request).body), status: 201) }
        on(router, "PUT", one) { request in .json(.object(try await self.replace(request) { _ in [:] }.body)) }
        on(router, "PATCH", one) { request in .json(.object(try await self.replace(request) { $0.body }.body)) }
        on(router, "DELETE", one) { request in
            try await self.delete(request)
            return Response(204)
        }
        guard area.name == "profiles" else { return }
        on(router, "PUT", all) { request in .json(.object(try await self.make(request).body)) }
    }

    private func on(
        _ router: Router, _ method: String, _ template: String, _ handle: @escaping (Request) async throws -> Response
    ) {
        let takesBody = method != "GET" && method != "DELETE"
        router.on(
            method, template, maximumBody: takesBody ? 1 << 20 : 0, mediaTypes: takesBody ? ["application/json"] : nil
        ) { request in
            .later { do { return try await handle(request) } catch { return Response(Problem(of: error)) } }
        }
    }

    private func visible(to request: Request) -> [JSON] {
        let reach = Domains(said: request)
        let visible = things.values.filter { $0.isVisible(to: reach) }
        return visible.sorted { $0.id < $1.id }.map { .object($0.body) }
    }

    private func readable(_ request: Request) throws -> Thing {
        let thing = try thing(id(request))
        guard !area.hasDomains || thing.isVisible(to: Domains(said: request)) else { throw Self.beyond }
        return thing
    }

    /// Registered before it is there: nobody is told of a thing that the directory does not know, and what a crash in between leaves
    /// there is an id that never comes again.
    private func make(_ request: Request) async throws -> Thing {
        let thing = try thing(newID(), request, over: [:])
        guard things.count < Self.most else { throw Problem(.unavailable, "There is no more room.") }
        try await register(thing)
        things[thing.id] = thing
        return thing
    }

    /// Registered where it will lie before it lies there: if the directory cannot be told, nothing has changed, and if we end in between,
    /// whoever reaches both places can do it again.
    private func replace(_ request: Request, over: @escaping (Thing) -> JSON.Object) async throws -> Thing {
        let id = try id(request)
        return try await turnstile.pass(id) {
            let old = try self.writable(id, request)
            let new = try self.thing(id, request, over: over(old))
            if new.domains != old.domains { try await self.register(new) }
            self.things[id] = new
            return new
        }
    }

    /// Forgotten before it is gone: if we end in between, it is there for nobody but who has all domains.
    private func delete(_ request: Request) async throws {
        let id = try id(request)
        try await turnstile.pass(id) {
            let thing = try self.writable(id, request)
            if let type = self.area.object { try await self.directory.forget(type, thing.id.text) }
            self.things[id] = nil
        }
    }

    private func register(_ thing: Thing) async throws {
        guard let type = area.object else { return }
        try await directory.register(type, thing.id.text, in: thing.domains)
    }

    private func id(_ request: Request) throws -> ID<Thing> {
        guard let id = try? ID<Thing>(request.parameters["id"] ?? "") else { throw Self.absent }
        return id
    }

    private func thing(_ id: ID<Thing>) throws -> Thing {
        guard let thing = things[id] else { throw Self.absent }
        return thing
    }

    private func writable(_ id: ID<Thing>, _ request: Request) throws -> Thing {
        let thing = try thing(id)
        guard !area.hasDomains || thing.isWritable(by: Domains(said: request)) else { throw Self.beyond }
        return thing
    }

    /// What the body says, with what it leaves out taken from `old`.
    private func thing(_ id: ID<Thing>, _ request: Request, over old: JSON.Object) throws -> Thing {
        let body: JSON
        do { body = try JSON(parsing: request.body, depth: 32) } catch {
            throw Problem(.malformed, "The body is not JSON: \(error)")
        }
        let thing = try Thing(id: id, of: area, over: old, body)
        guard !area.hasDomains || thing.isWritable(by: Domains(said: request)) else { throw Self.beyond }
        return thing
    }

    private func newID() -> ID<Thing> {
        ID(at: .now(), random: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
    }

    private static var absent: Problem { Problem(.notFound, "There is nothing with this id.") }
    private static var beyond: Problem { Problem(.forbidden, "Its domains must lie within the user's.") }
}

extension Domains {
    /// As `X-Gatehouse-Domains` says them: `*` for all. Missing, empty or given twice is none, so that a gap in the way here opens nothing.
    fileprivate init(said request: Request) {
        let lines = request.headers("X-Gatehouse-Domains")
        let names = (lines.count == 1 ? lines[0] : "").split(separator: " ")
        self = names == ["*"] ? .all : .some(Set(names.compactMap { try? DomainName(String($0)) }))
    }
}
