import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The routes of one area, and what it holds: in memory, for as long as the process lives.
final class AreaRoutes {
    private static let most = 100_000
    private let area: Area
    private var things: [ID<Thing>: Thing] = [:]

    init(_ area: Area) { self.area = area }

    func mount(on router: Router) {
        let (all, one) = ("/rest/v2/\(area.name)", "/rest/v2/\(area.name)/{id}")
        on(router, "GET", all) { request throws(Problem) in .json(["items": .array(self.visible(to: request))]) }
        on(router, "GET", one) { request throws(Problem) in .json(.object(try self.thing(request).body)) }
        guard area.isWritable else { return }
        on(router, "POST", all) { request throws(Problem) in
            .json(.object(try self.put(self.newID(), request).body), status: 201)
        }
        on(router, "PUT", one) { request throws(Problem) in
            .json(.object(try self.put(self.thing(request).id, request).body))
        }
        on(router, "PATCH", one) { request throws(Problem) in
            let thing = try self.thing(request)
            return .json(.object(try self.put(thing.id, request, over: thing.body).body))
        }
        on(router, "DELETE", one) { request throws(Problem) in
            self.things[try self.thing(request).id] = nil
            return Response(204)
        }
        guard area.name == "profiles" else { return }
        on(router, "PUT", all) { request throws(Problem) in .json(.object(try self.put(self.newID(), request).body)) }
    }

    private func on(
        _ router: Router, _ method: String, _ template: String,
        _ handle: @escaping (Request) throws(Problem) -> Response
    ) {
        let takesBody = method != "GET" && method != "DELETE"
        router.on(
            method, template, maximumBody: takesBody ? 1 << 20 : 0, mediaTypes: takesBody ? ["application/json"] : nil
        ) { request in
            do throws(Problem) { return .now(try handle(request)) } catch { return .now(Response(error)) }
        }
    }

    private func visible(to request: Request) -> [JSON] {
        let reach = Domains(said: request.header("X-Gatehouse-Domains"))
        let visible = things.values.filter { $0.isVisible(to: reach) }
        return visible.sorted { $0.id < $1.id }.map { .object($0.body) }
    }

    private func thing(_ request: Request) throws(Problem) -> Thing {
        let id = try? ID<Thing>(request.parameters["id"] ?? "")
        guard let thing = id.flatMap({ things[$0] }) else { throw Problem(.notFound, "There is nothing with this id.") }
        return thing
    }

    /// The body, with what it leaves out taken from `old`.
    private func put(
        _ id: ID<Thing>, _ request: Request, over old: JSON.Object = [:]
    ) throws(Problem) -> Thing {
        let body: JSON
        do { body = try JSON(parsing: request.body, depth: 32) } catch {
            throw Problem(.malformed, "The body is not JSON: \(error)")
        }
        let thing = try Thing(id: id, of: area, over: old, body)
        guard !area.hasDomains || thing.isWritable(by: Domains(said: request.header("X-Gatehouse-Domains"))) else {
            throw Problem(.forbidden, "The domains of what is written must lie within the user's.")
        }
        guard things[id] != nil || things.count < Self.most else {
            throw Problem(.unavailable, "There is no more room.")
        }
        things[id] = thing
        return thing
    }

    private func newID() -> ID<Thing> {
        ID(at: .now(), random: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
    }
}

extension Domains {
    /// As `X-Gatehouse-Domains` says them: `*` for all. Missing or empty is none, so that a gap in the way here opens nothing.
    fileprivate init(said text: String?) {
        let names = (text ?? "").split(separator: " ")
        self = names == ["*"] ? .all : .some(Set(names.compactMap { try? DomainName(String($0)) }))
    }
}
