import GatehouseJSON
import GatehouseModel
import Testing

struct CatalogueTests {
    private let plain: JSON = [
        "scopes": [["name": "read:books", "words": "Read books"], ["name": "write:books", "words": ""]],
        "permissions": [["name": "MANAGE_BOOKS", "words": "Manage books"]],
        "routes": [
            [
                "method": "GET", "path": "/library/books/{isbn}", "scope": "read:books", "permission": nil,
                "domain_source": "none",
            ],
            [
                "method": "PUT", "path": "/library/books/{isbn}", "scope": "write:books",
                "permission": ["any": ["MANAGE_BOOKS", "MANAGE_USERS"]], "domain_source": "object:book:isbn",
            ],
            [
                "method": "POST", "path": "/library/books", "scope": "write:books", "permission": "MANAGE_BOOKS",
                "domain_source": "header:X-Shelf", "domain_rule": "write",
            ],
        ],
        "object_types": [
            [
                "type": "book",
                "actions": [
                    [
                        "name": "read", "access": "read", "scope": "read:books", "permission": nil,
                        "domain_rule": "none",
                    ],
                    ["name": "burn", "access": "write", "scope": "write:books", "permission": "MANAGE_BOOKS"],
                ],
            ]
        ],
        "internal_kinds": [
            ["kind": "robot", "routes": [["method": "GET", "path": "/library/books/{isbn}"]]]
        ],
    ]

    @Test func `another product's catalogue is read, and Gatehouse's own names and routes stay`() throws {
        let catalogue = try Catalogue(json: plain)
        #expect(catalogue.scopes.map(\.name.text) == ["read:books", "write:books"])
        #expect(try catalogue.routes[1].permissions == .any([Permission("MANAGE_BOOKS"), Permission("MANAGE_USERS")]))
        #expect(catalogue.routes.map(\.domainRule) == [.none, .readAndWrite, .write])
        #expect(catalogue.objectTypes[0].actions.map(\.domainRule) == [.none, .readAndWrite])
        #expect(catalogue.allScopes == catalogue.scopes + Management.scopes)
        #expect(catalogue.allPermissions == catalogue.permissions + Management.permissions)
        #expect(catalogue.allRoutes == catalogue.routes + Management.routes)
        #expect(try Catalogue(json: catalogue.json) == catalogue)
    }

    @Test func `an empty catalogue is one`() throws {
        let empty: JSON = ["scopes": [], "permissions": [], "routes": [], "object_types": [], "internal_kinds": []]
        #expect(try Catalogue(json: empty) == .empty)
        #expect(Catalogue.empty.allRoutes == Management.routes)
    }

    /// A path into `plain`, what stands there instead (none: the member is taken out), and the field that is named.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let path: [String]
        let value: JSON?
        let field: String

        init(_ path: String, _ value: JSON?, _ field: String) {
            self.path = path.split(separator: " ").map(String.init)
            self.value = value
            self.field = field
        }

        var testDescription: String { "\(path.joined(separator: ".")) = \(value?.text ?? "absent")" }
    }

    @Test(arguments: [
        Mistake("scopes", nil, "scopes"),
        Mistake("scopes 1 name", "read:books", "scopes[1].name"),
        Mistake("scopes 0 name", "read books", "scopes[0].name"),
        Mistake("scopes 0 words", "two\nlines", "scopes[0].words"),
        Mistake("permissions 0 name", "manage", "permissions[0].name"),
        Mistake("routes 0 method", "HEAD", "routes[0].method"),
        Mistake("routes 0 path", "/library/books/", "routes[0].path"),
        Mistake("routes 0 path", "/api/v1/users", "routes[0].path"),
        Mistake("routes 0 path", "/{any}/thing", "routes[0].path"),
        Mistake("routes 1 method", "GET", "routes[1].path"),
        Mistake("routes 0 scope", "read:films", "routes[0].scope"),
        Mistake("routes 2 permission", "MANAGE_FILMS", "routes[2].permission"),
        Mistake("routes 1 permission", ["any": []], "routes[1].permission"),
        Mistake("routes 1 permission", ["any": ["A"], "all": ["B"]], "routes[1].permission"),
        Mistake("routes 0 permission", nil, "routes[0].permission"),
        Mistake("routes 1 domain_source", "object:film:isbn", "routes[1].domain_source"),
        Mistake("routes 1 domain_source", "object:book:id", "routes[1].domain_source"),
        Mistake("routes 1 domain_source", "path:shelf", "routes[1].domain_source"),
        Mistake("routes 1 domain_source", "body:shelf", "routes[1].domain_source"),
        Mistake("routes 2 domain_source", "header:X Shelf", "routes[2].domain_source"),
        Mistake("routes 2 domain_rule", "none", "routes[2].domain_rule"),
        Mistake("routes 0 domain_rule", "write", "routes[0].domain_rule"),
        Mistake("object_types 0 type", "Book", "object_types[0].type"),
        Mistake("object_types 0 actions 1 name", "read", "object_types[0].actions[1].name"),
        Mistake("object_types 0 actions 1 access", "fire", "object_types[0].actions[1].access"),
        Mistake("object_types 0 actions 1 scope", "x", "object_types[0].actions[1].scope"),
        Mistake("internal_kinds 0 routes 0 method", "DELETE", "internal_kinds[0].routes[0]"),
        Mistake("internal_kinds 0 kind", "", "internal_kinds[0].kind"),
    ])
    func `a wrong catalogue is refused, naming the field`(mistake: Mistake) {
        let wrong = plain.setting(mistake.path[...], to: mistake.value)
        let problem = #expect(throws: Problem.self) { try Catalogue(json: wrong) }
        #expect(problem?.kind == .validation)
        #expect(problem?.errors.map(\.field).contains(mistake.field) == true, "\(problem?.errors ?? [])")
    }

    @Test func `an unknown member is malformed`() {
        let wrong = plain.setting(["routes", "0", "methods"], to: "GET")
        let problem = #expect(throws: Problem.self) { try Catalogue(json: wrong) }
        #expect(problem?.kind == .malformed)
        #expect(problem?.errors.map(\.field) == ["routes[0].methods"])
    }

    @Test func `limits are kept`() {
        let scopes = (0...Catalogue.Limits.names).map { ["name": "s\($0)", "words": ""] as JSON }
        let problem = #expect(throws: Problem.self) {
            try Catalogue(json: plain.setting(["scopes"], to: .array(scopes)))
        }
        #expect(problem?.errors.map(\.field) == ["scopes"])
    }
}

extension JSON {
    /// A copy in which the member or element at the path is another, or none.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSON?) -> JSON {
        guard let first = path.first else { return self }
        let rest = path.dropFirst()
        if var object {
            object[first] = rest.isEmpty ? value : object[first]?.setting(rest, to: value)
            return .object(object)
        }
        guard var array, let index = Int(first) else { return self }
        array[index] = array[index].setting(rest, to: value)
        return .array(array)
    }
}
