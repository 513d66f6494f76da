import GatehouseJSON
import GatehouseModel
import Testing

/// A8 and F46 for objects, over all that can meet: the rule, the method, what the user reaches, where the object lies.
struct ObjectDecisionTests {
    private enum Expected { case allowed, domainDenied, stale, unasked }

    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    private static let rules = ["write", "read+write"]
    private static let reaches: [String?] = [nil, "", "a", "b", "ab"]
    private static let places = ["unasked", "unreadable", "unknown", "", "a", "c", "ab", "ac", "abc"]

    private static func domains(_ letters: String) throws -> Set<DomainName> {
        Set(try letters.map { try DomainName("\($0).example.com") })
    }

    /// A world whose pages can be reached by every method under each rule.
    private static func world() throws -> World {
        var world = try World()
        let routes: [JSON] = rules.flatMap { rule in
            ["GET", "POST", "PUT", "PATCH", "DELETE"].map { method in
                [
                    "method": .string(method), "path": .string("/\(rule.prefix(4))/{id}"), "scope": "write:access",
                    "permission": nil, "domain_source": "object:page:id", "domain_rule": .string(rule),
                ]
            }
        }
        world.catalogue = try Catalogue(json: [
            "scopes": [], "permissions": [], "object_types": [["type": "page", "actions": []]], "internal_kinds": [],
            "routes": .array(routes),
        ])
        world.claims.scopes = [try Scope("write:access")]
        world.application.scopes = world.claims.scopes
        return world
    }

    /// By counting letters, as a person would.
    private func expected(_ rule: String, _ method: String, reach: String?, place: String) -> Expected {
        let isWrite = !["GET", "HEAD"].contains(method)
        guard let reach, isWrite || rule == "read+write" else { return .allowed }
        switch place {
        case "unasked": return .unasked
        case "unreadable": return .stale
        case "unknown": return .domainDenied
        case "": return isWrite ? .domainDenied : .allowed
        default:
            let shared = place.filter(reach.contains).count
            return shared >= (isWrite ? place.count : 1) ? .allowed : .domainDenied
        }
    }

    @Test func `every rule, method, reach and place`() throws {
        var world = try Self.world()
        var count = 0
        for reach in Self.reaches {
            world.user.domains = try reach.map { .some(try Self.domains($0)) } ?? .all
            let state = world.state
            for (rule, method, place) in Self.rules.flatMap({ rule in
                Self.methods.flatMap { method in Self.places.map { (rule, method, $0) } }
            }) {
                world.request.method = method
                world.request.target = "/\(rule.prefix(4))/42"
                world.request.objectDomains =
                    switch place {
                    case "unasked": .unasked
                    case "unreadable": .unreadable
                    case "unknown": .unknown
                    default: .known(try Self.domains(place))
                    }
                let decision = world.decide(in: state)
                let row = "\(rule) \(method) of \(reach ?? "all") at \(place)"
                switch expected(rule, method, reach: reach, place: place) {
                case .allowed: #expect(decision.isAllowed && !decision.dependsOnObject, "\(row)")
                case .domainDenied:
                    #expect(decision.failures == [.domainDenied] && !decision.dependsOnObject, "\(row)")
                case .stale: #expect(decision.reason == .stateStale, "\(row)")
                case .unasked: #expect(decision.reason == .domainDenied && decision.dependsOnObject, "\(row)")
                }
                count += 1
            }
        }
        #expect(count == 540)
    }

    /// The directory is not asked for what could not be registered.
    @Test(arguments: [
        (String(repeating: "x", count: 256), true), (String(repeating: "x", count: 257), false), ("%20", false),
        ("%C3%A9", true), ("e%CC%81", false), ("%E2%80%AE", false), (String(repeating: "%C3%A9", count: 128), true),
        (String(repeating: "%C3%A9", count: 129), false), ("a%20b", true), ("%2541", true),
    ])
    func `an id is a segment of the path, decoded once, visible and not too long`(segment: String, isOne: Bool) throws {
        var world = try Self.world()
        world.user.domains = .some(try Self.domains("a"))
        world.request.objectDomains = .unasked
        world.request.method = "GET"
        world.request.target = "/read/" + segment
        let decision = world.decide()
        #expect(decision.reason == .domainDenied && decision.dependsOnObject == isOne)
    }

    @Test func `an id is taken as it is, or not at all`() throws {
        for text in ["42", "a b", "\u{E9}", "'\"{}&=+", "0190b5a0-0000-7000-8000-000000000001"] {
            #expect(try ObjectID(text).text.utf8.elementsEqual(text.utf8))
        }
        for text in ["", " a", "a ", "a\u{0}", "a\n", "\u{7F}", "e\u{301}", "a\u{202E}", "a\u{200B}b"] {
            #expect(throws: Problem.self) { try ObjectID(text) }
        }
    }
}
