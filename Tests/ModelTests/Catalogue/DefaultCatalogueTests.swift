import Foundation
import GatehouseJSON
import GatehouseModel
import Testing

/// What 01 § Default catalogue says, held against the file.
struct DefaultCatalogueTests {
    private static func file(_ name: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        return try [UInt8](Data(contentsOf: root.appending(path: "Services/Policy/Catalogue/\(name).json")))
    }

    static func catalogue() throws -> Catalogue { try Catalogue(parsing: file("default-catalogue")) }

    private let readable = [
        "audit-events", "channels", "connections", "content_stores", "dialogues", "group-types", "groups", "lifecycles",
        "listeners", "models", "notebooks", "objectives", "plugins", "profile-properties", "profiles", "roles",
        "segments", "timeline-event-types", "timeline_event_rollups", "url-mappings", "users", "applications", "access",
    ]
    private let writable = [
        "channels", "connections", "content_stores", "dialogues", "groups", "models", "profile-properties", "profiles",
        "segments", "url-mappings", "applications", "access",
    ]

    @Test func `it has every scope and permission, and lists Gatehouse's own`() throws {
        let catalogue = try Self.catalogue()
        let expected = readable.map { "read:\($0)" } + writable.map { "write:\($0)" } + ["introspect:tokens"]
        #expect(catalogue.scopes.map(\.name.text) == expected)
        #expect(catalogue.permissions.count == 24)
        #expect(catalogue.allScopes == catalogue.scopes && catalogue.allPermissions == catalogue.permissions)
        #expect(catalogue.scopes.allSatisfy { !$0.words.text.isEmpty })
    }

    @Test func `every area has its routes, each with its scope`() throws {
        let routes = try Self.catalogue().routes
        var expected: Set<String> = ["PUT /rest/v2/profiles write:profiles"]
        for area in readable where area != "applications" && area != "access" {
            expected.insert("GET /rest/v2/\(area) read:\(area)")
            expected.insert("GET /rest/v2/\(area)/{id} read:\(area)")
            guard writable.contains(area) else { continue }
            expected.insert("POST /rest/v2/\(area) write:\(area)")
            for method in ["PUT", "PATCH", "DELETE"] {
                expected.insert("\(method) /rest/v2/\(area)/{id} write:\(area)")
            }
        }
        #expect(Set(routes.map { "\($0) \($0.scope)" }) == expected)
        #expect(routes.count == expected.count)
    }

    @Test func `permissions follow the area, with the exceptions that are named`() throws {
        let exceptions: [String: (read: String, write: String)] = [
            "profiles": ("READ_PROFILES", "MANAGE_PROFILES"), "groups": ("READ_GROUPS", "MANAGE_GROUPS"),
            "group-types": ("READ_GROUPS", ""), "audit-events": ("READ_AUDIT_EVENTS", ""),
            "url-mappings": ("MANAGE_TRACKERS", "MANAGE_TRACKERS"),
            "profile-properties": ("MANAGE_PROPERTIES", "MANAGE_PROPERTIES"),
            "content_stores": ("MANAGE_DIALOGUES", "MANAGE_DIALOGUES"),
        ]
        for route in try Self.catalogue().routes {
            let area = try #require(route.scope.text.split(separator: ":").last.map(String.init))
            let usual = "MANAGE_" + area.uppercased().replacing("-", with: "_")
            let pair = exceptions[area] ?? (usual, usual)
            let permission = try Permission(route.method.isWrite ? pair.write : pair.read)
            #expect(route.permissions == .one(permission), "\(route)")
        }
    }

    @Test func `objects of four types state their domains, all else states none`() throws {
        let types = ["segments": "segment", "dialogues": "dialogue", "models": "model", "url-mappings": "url-mapping"]
        let catalogue = try Self.catalogue()
        for route in catalogue.routes {
            let area = route.template.text.split(separator: "/")[2]
            if let type = types[String(area)], route.template.place(of: "id") != nil {
                #expect(try route.domainSource == .object(ResourceType(type), parameter: "id"), "\(route)")
                #expect(route.domainRule == .readAndWrite)
            } else {
                #expect(route.domainSource == .none && route.domainRule == .none, "\(route)")
            }
        }
        #expect(Set(catalogue.objectTypes.map(\.type.text)) == Set(types.values))
        #expect(catalogue.internalKinds.map(\.kind.text) == ["connection", "notebook"])
    }

    @Test func `it is the same after a journey through JSON`() throws {
        let catalogue = try Self.catalogue()
        #expect(try Catalogue(parsing: catalogue.json.bytes) == catalogue)
        #expect(try JSON(parsing: Self.file("default-catalogue")) == catalogue.json)
    }

    @Test func `the default roles have permissions of the catalogue, the application manager all of them`() throws {
        let known = Set(try Self.catalogue().permissions.map(\.name))
        let roles = try #require(try JSON(parsing: Self.file("default-roles")).array)
        #expect(
            roles.map { $0["name"]?.string } == [
                "Application Manager", "Content Manager", "Customer Insights Manager", "Data Scientist",
                "Insights Only",
                "IT - System Administrator", "Online Marketer",
            ])
        for role in roles {
            let permissions = try [Permission](json: #require(role["permissions"]))
            #expect(known.isSuperset(of: permissions))
            if role["name"] == "Application Manager" { #expect(known == Set(permissions)) }
        }
    }
}
