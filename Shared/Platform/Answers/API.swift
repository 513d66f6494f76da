public import GatehouseHTTP
public import GatehouseJSON
public import GatehouseModel

/// The management routes of a service: each behind policy's assertion, each error a problem.
public final class API {
    /// What a route takes as its body.
    public enum Body: Sendable {
        case none
        /// JSON; an empty body is an empty object.
        case json(maximum: Int = 1 << 20)
        /// `application/merge-patch+json` (RFC 7396), or JSON.
        case mergePatch(maximum: Int = 1 << 20)
    }

    private let router: Router
    private let assertion: Assertion
    private let log: Log

    public init(_ router: Router, _ assertion: Assertion, _ log: Log) {
        self.router = router
        self.assertion = assertion
        self.log = log
    }

    public func on(
        _ method: String, _ template: String, _ body: Body = .none,
        _ handle: @escaping (Call) async throws -> Response
    ) {
        router.on(method, template, body.endpoint { [self] request in reply(request, handle) })
    }

    private func reply(_ request: Request, _ handle: @escaping (Call) async throws -> Response) -> Reply {
        let now = Timestamp.now()
        let method = request.method == "HEAD" ? "GET" : request.method
        guard
            let caller = assertion.caller(
                request.header(Assertion.header), method: method, path: String(request.path), at: now)
        else {
            var answer = Response(
                Problem(
                    .unauthenticated,
                    "This service is reached through the gateway only; call it there, with a bearer token."))
            // A 401 has a challenge (RFC 9110 §15.5.2).
            answer.headers.append(("WWW-Authenticate", "Bearer"))
            return .now(answer)
        }
        let call = Call(request: request, caller: caller, trail: Trail(request), now: now)
        let log = log
        return .later {
            do {
                let response = try await handle(call)
                log.debug("answered", call.details(["status": .integer(Int64(response.status))]))
                return response
            } catch {
                let problem = Problem(of: error)
                let kind: JSON.Object = ["problem": .string("\(problem.kind)")]
                if let cause = problem.cause {
                    log.warning("request failed", call.details(kind, cause: cause))
                } else {
                    log.debug("refused", call.details(kind))
                }
                return Response(problem)
            }
        }
    }
}

extension API.Body {
    fileprivate func endpoint(_ handle: @escaping (Request) -> Reply) -> Endpoint {
        switch self {
        case .none: Endpoint(maximumBody: 0, mediaTypes: nil, handle: handle)
        case .json(let maximum): Endpoint(maximumBody: maximum, mediaTypes: ["application/json"], handle: handle)
        case .mergePatch(let maximum):
            Endpoint(
                maximumBody: maximum, mediaTypes: ["application/merge-patch+json", "application/json"], handle: handle)
        }
    }
}

/// One call of a management route, with the caller that policy vouches for.
public struct Call {
    public let request: Request
    public let caller: Caller
    public let trail: Trail
    public let now: Timestamp

    public var author: Author { Author(caller, at: now, in: trail.trace) }

    /// For a line of the log.
    fileprivate func details(_ others: JSON.Object, cause: (any Error)? = nil) -> JSON.Object {
        var details: JSON.Object = [
            "method": .string(request.method), "path": .string(String(request.path)),
            "decision_id": .string(caller.decision),
        ]
        for (name, value) in others.members { details[name] = value }
        details["cause"] = cause.map { .string("\($0)") }
        return trail.details(details)
    }

    /// A segment of the path that the template names, percent-decoded; empty where that gives no text, and nothing has an empty name.
    public func parameter(_ name: String) -> String {
        let segment = request.parameters[name] ?? ""
        // A form's decoder, whose `+` would be a space.
        return (try? Form("_=" + segment.replacing("+", with: "%2B").replacing("&", with: "%26")))?["_"] ?? ""
    }

    public func query() throws(Problem) -> Query {
        do { return try Query(request.query ?? "") } catch {
            throw Problem(.malformed, "The query string is not well-formed.")
        }
    }

    /// The one parameter that the query may have, `true` or `false`; false where it is not there.
    public func flag(_ name: String) throws(Problem) -> Bool {
        switch try query(of: [name])[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Problem(field: name, "must be true or false")
        }
    }

    /// The object in the body; `{}` when there is none.
    public func json() throws(Problem) -> JSON { try Self.json(of: request.body) }

    /// The same of bytes, wherever that is done.
    public static func json(of bytes: [UInt8]) throws(Problem) -> JSON {
        guard !bytes.isEmpty else { return [:] }
        let body: JSON
        do { body = try JSON(parsing: bytes, depth: 32) } catch {
            throw Problem(.malformed, "The body is not JSON: \(error)")
        }
        guard body.object != nil else { throw Problem(.malformed, "The body must be a JSON object.") }
        return body
    }

    public func condition() throws(Problem) -> EntityTag.Condition { try EntityTag.condition(request) }
}
