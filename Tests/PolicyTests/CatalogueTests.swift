import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct CatalogueTests {
    private let path = "/catalogue"

    @Test func `the catalogue is read and saved whole, at its revision`() async throws {
        try await AdministrationHouse.run { house in
            let found = try await house.call("GET", path)
            #expect(found.status == 200)
            var document = try #require(try found.json().object)
            #expect(
                document.names.sorted() == ["internal_kinds", "object_types", "permissions", "routes", "scopes"])
            let tag = try #require(found["ETag"])
            let head = try await house.head()

            // What changes nothing is no change.
            let same = try await house.call("PUT", path, .object(document), headers: ["If-Match": tag])
            #expect(same.status == 200 && same["ETag"] == tag)
            #expect(try await house.head() == head)

            document["scopes"] = .array(
                try #require(document["scopes"]?.array).map { scope in
                    scope["name"] == "read:segments"
                        ? ["name": "read:segments", "words": "See who is in a segment"] : scope
                })
            let put = try await house.call("PUT", path, .object(document), headers: ["If-Match": tag])
            #expect(put.status == 200, "\(put.text)")
            #expect(put.isComplete)
            #expect(put["ETag"] == "\"\(head + 1)\"")
            #expect(try put.json() == .object(document))
            #expect(try await house.call("GET", path).json() == .object(document))
            #expect(
                try await house.database.text(
                    "select words from policy.published_catalogue where kind = 'scope' and name = 'read:segments'")
                    == "See who is in a segment")
            let fact = try #require(try await house.told().last)
            #expect(fact["type"] == "gatehouse.catalogue.updated")
            #expect(fact["subject"] == "catalogue/catalogue")
            #expect(
                fact["data"]?["changes"]
                    == [["field": "scopes", "from": ["read:segments"], "to": ["read:segments"]]])
            #expect(try await house.call("PUT", path, .object(document), headers: ["If-Match": tag]).status == 412)
        }
    }

    @Test func `what is in use does not vanish unnoticed`() async throws {
        try await AdministrationHouse.run { house in
            _ = try await house.application("Shop sync", runAs: "\(house.admin)")
            let reader = try await house.role("Segments", ["MANAGE_SEGMENTS"])
            let before = try await house.call("GET", path).json()
            let head = try await house.head()
            let refused = try await house.call("PUT", path, Library.catalogue)
            #expect(refused.status == 409)
            let errors = try #require(try refused.json()["errors"]?.array)
            #expect(
                errors.contains([
                    "field": "scopes", "detail": "read:segments is used by 'Shop sync'",
                ]))
            #expect(
                errors.contains {
                    $0["field"] == "permissions"
                        && $0["detail"]?.string?.hasPrefix("MANAGE_SEGMENTS is used by 'Application Manager', ") == true
                        && $0["detail"]?.string?.contains("'Segments'") == true
                }, "\(refused.text)")
            #expect(try await house.call("PUT", path + "?force=yes", Library.catalogue).status == 422)
            #expect(try await house.call("PUT", path + "?forced=true", Library.catalogue).status == 400)
            #expect(try await house.call("GET", path).json() == before)
            #expect(try await house.head() == head)

            let forced = try await house.call("PUT", path + "?force=true", Library.catalogue)
            #expect(forced.status == 200, "\(forced.text)")
            let role = try await house.call("GET", reader).json()
            #expect(role["attention"] == ["permission_unknown"])
            #expect(role["permissions"] == ["MANAGE_SEGMENTS"])
            // It can be mended, and gets nothing that is gone.
            #expect(
                try await house.call("PUT", reader, ["permissions": ["MANAGE_SEGMENTS", "READ_BOOKS"]]).fields()
                    == ["permissions[0]"])
            let all = AdministrationHouse.everyPermission + ["READ_BOOKS", "LEND_BOOKS"]
            let mended = try await house.call(
                "PUT", reader, ["permissions": ["READ_BOOKS"]], as: try house.caller(permissions: all))
            #expect(mended.status == 200, "\(mended.text)")
            #expect(try mended.json()["attention"] == nil)
            // Gatehouse's own names are always there.
            #expect(
                try await house.database.text(
                    "select count(distinct name) from policy.published_catalogue where name in ('write:access', 'MANAGE_ROLES', 'scanner', 'READ_BOOKS')"
                ) == "4")
            #expect(
                try await house.database.text(
                    "select count(distinct name) from policy.published_catalogue where name in ('read:segments', 'MANAGE_SEGMENTS', 'notebook')"
                ) == "0")
            // And back: what was kept is listed again.
            #expect(try await house.call("PUT", path + "?force=true", before).status == 200)
            #expect(
                try await house.database.text("select count(*) from policy.permission where not listed") == "2",
                "READ_BOOKS, which the role has, and LEND_BOOKS: the administrators' role has both")
        }
    }

    @Test func `who could do everything still can, and nobody else gets more`() async throws {
        try await AdministrationHouse.run { house in
            _ = try await house.role("Segments", ["MANAGE_SEGMENTS"])
            let before = try await house.call("GET", path).json()
            #expect(try await house.call("PUT", path + "?force=true", Library.catalogue).status == 200)
            let holders =
                "select string_agg(role, ', ' order by role) from policy.role_permission where permission = 'LEND_BOOKS'"
            #expect(try await house.database.text(holders) == "Application Manager")
            let facts = try await house.told().suffix(2)
            #expect(facts.map { $0["subject"] } == ["catalogue/catalogue", "role/Application Manager"])
            #expect(
                facts.last?["data"]?["changes"]?.array?.first?["to"]?.array?.contains("LEND_BOOKS") == true)
            // Back: what was known before is nobody's gain.
            let given = "select count(*) from policy.role_permission where role <> 'Application Manager'"
            let count = try await house.database.text(given)
            #expect(try await house.call("PUT", path + "?force=true", before).status == 200)
            #expect(try await house.database.text(given) == count)
        }
    }

    /// A small catalogue makes a small role give all that there is; what comes back is nobody's gain.
    @Test func `a role that gave less gives no more after a small catalogue and back`() async throws {
        try await AdministrationHouse.run { house in
            let before = try await house.call("GET", path).json()
            let small: JSON = ["scopes": [], "permissions": [], "routes": [], "object_types": [], "internal_kinds": []]
            _ = try await house.role(
                "Administration",
                [
                    "MANAGE_APPLICATIONS", "AUTHORIZE_APPLICATIONS", "MANAGE_USERS", "MANAGE_ROLES",
                    "MANAGE_IP_BASED_ACCESS_SETTINGS", "READ_AUDIT_EVENTS",
                ])
            let given =
                "select string_agg(role || ' ' || permission, ',' order by role, permission) from policy.role_permission"
            let held = try await house.database.text(given)
            #expect(try await house.call("PUT", path + "?force=true", small).status == 200)
            #expect(try await house.call("PUT", path + "?force=true", before).status == 200)
            #expect(try await house.database.text(given) == held)
        }
    }

    /// Whoever holds what is gone can be changed by those who hold all that is left.
    @Test func `a forced removal freezes nobody`() async throws {
        try await AdministrationHouse.run { house in
            let role = try await house.role("Segments", ["MANAGE_SEGMENTS"])
            let holder = try await house.user("holder", ["roles": ["Segments"], "domains": "all"])
            #expect(try await house.call("PUT", path + "?force=true", Library.catalogue).status == 200)
            let rest = try house.caller(
                permissions: [
                    "MANAGE_APPLICATIONS", "AUTHORIZE_APPLICATIONS", "MANAGE_USERS", "MANAGE_ROLES",
                    "MANAGE_IP_BASED_ACCESS_SETTINGS", "READ_AUDIT_EVENTS", "READ_BOOKS", "LEND_BOOKS",
                ])
            let user = "/users/" + holder
            #expect(try await house.call("PATCH", user, ["active": false], as: rest).status == 200)
            #expect(try await house.call("PUT", role, ["permissions": ["READ_BOOKS"]], as: rest).status == 200)
            #expect(try await house.call("DELETE", user, as: rest).status == 204)
            #expect(try await house.call("DELETE", role, as: rest).status == 204)
            // What is listed is asked for as before.
            let lesser = try house.caller(permissions: ["MANAGE_USERS", "MANAGE_ROLES"])
            _ = try await house.call("POST", "/roles", ["name": "Readers", "permissions": ["READ_BOOKS"]], as: rest)
            #expect(try await house.call("DELETE", "/roles/Readers", as: lesser).status == 403)
        }
    }

    @Test func `who is limited to some domains does not change it for all`() async throws {
        try await AdministrationHouse.run { house in
            let refused = try await house.call(
                "PUT", path + "?force=true", Library.catalogue, as: try house.caller(domains: []))
            #expect(refused.status == 403)
            #expect(try refused.json()["lacking"] == ["domains": "all"])
            #expect(try await house.told().isEmpty)
        }
    }

    @Test func `a role that takes up a permission while it goes is not passed over`() async throws {
        try await AdministrationHouse.run { house in
            let document = try await house.call("GET", path).json()
            var longer = try #require(document.object)
            longer["permissions"] = .array(
                try #require(longer["permissions"]?.array) + [["name": "TEMPORARY", "words": "For a while"]])
            #expect(try await house.call("PUT", path, .object(longer)).status == 200)
            try await house.database.script("delete from policy.role_permission where permission = 'TEMPORARY'")
            let path = path
            let put = try await house.database.holding(
                """
                with head as (update policy.head set revision = revision + 1 returning revision),
                    made as (
                        insert into policy.role (name, revision, created_at, created_by, updated_at, updated_by)
                        select 'Late', revision, now(), '\(house.admin)', now(), '\(house.admin)' from head)
                insert into policy.role_permission values ('Late', 'TEMPORARY')
                """
            ) {
                let put = Task { try await house.call("PUT", path, document) }
                try await eventually("the catalogue waits") {
                    try await house.database.isWaiting("select from policy.head%")
                }
                return put
            }
            let refused = try await put.value
            #expect(refused.status == 409)
            #expect(
                try refused.json()["errors"] == [["field": "permissions", "detail": "TEMPORARY is used by 'Late'"]])
        }
    }

    @Test func `each wrong part is named`() async throws {
        try await AdministrationHouse.run { house in
            for (change, fields) in [
                ({ $0["scopes"] = nil }, ["scopes"]), ({ $0["routes"] = [] }, ["internal_kinds[0].routes[0]"]),
                ({ $0["scopes"] = [["name": "read:books", "words": ""]] }, ["routes[2].scope"]),
                (
                    {
                        $0["internal_kinds"] = [
                            ["kind": "a", "routes": []],
                            ["kind": "a", "routes": [["method": "GET", "path": "/library/books"]]],
                        ]
                    },
                    ["internal_kinds[1].kind"]
                ),
                (
                    {
                        $0["routes"] = [
                            [
                                "method": "GET", "path": "/api/v1/books", "scope": "read:books", "permission": nil,
                                "domain_source": "none",
                            ]
                        ]
                        $0["internal_kinds"] = []
                    }, ["routes[0].path"]
                ),
            ] as [((inout JSON.Object) -> Void, [String])] {
                var document = try #require(Library.catalogue.object)
                change(&document)
                let refused = try await house.call("PUT", path + "?force=true", .object(document))
                #expect(refused.status == 422)
                #expect(try refused.fields() == fields, "\(refused.text)")
            }
            #expect(try await house.call("PUT", path, ["books": []]).status == 400)
            let large = [UInt8](repeating: 0x20, count: (4 << 20) + 1)
            #expect(try await house.send("PUT", path, bytes: large).status == 413)
            #expect(try await house.told().isEmpty)
        }
    }

    @Test func `of two that save at once, none is overwritten unread`() async throws {
        try await AdministrationHouse.run { house in
            let tag = try #require(try await house.call("GET", path)["ETag"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<6 {
                    var document = try #require(Library.catalogue.object)
                    document["scopes"] = .array(
                        (Library.catalogue["scopes"]?.array ?? []) + [
                            ["name": .string("read:shelf-\(number)"), "words": ""]
                        ])
                    let body = JSON.object(document)
                    group.addTask {
                        try await house.call("PUT", path + "?force=true", body, headers: ["If-Match": tag]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412])
        }
    }

    @Test func `the next request is decided by another product's catalogue, without a restart`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token(PolicyHouse.claims(scope: "read:books write:loans read:segments"))
            #expect(try await house.ask("GET", "/rest/v2/segments", token).status == 200)
            #expect(try await house.ask("GET", "/library/books", token)["X-Gatehouse-Reason"] == "route_unknown")
            let manager = Caller(
                decision: "d", user: Fact.User(try UserID(PolicyHouse.bea), name: "Bea"), application: nil, scopes: [],
                permissions: Set(
                    try ["MANAGE_USERS", "MANAGE_ROLES", "MANAGE_IP_BASED_ACCESS_SETTINGS"].map { try Permission($0) }),
                domains: .all, ip: nil)
            let put = try await house.service.call(
                "PUT", "/api/v1/catalogue?force=true", as: manager, Library.catalogue)
            #expect(put.status == 200, "\(put.text)")
            #expect(try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "route_unknown")
            #expect(try await house.ask("GET", "/library/books", token)["X-Gatehouse-Reason"] == "insufficient_scope")

            try await house.change(
                "registry",
                "update registry.application set scopes = '{read:books,write:loans}', revision = (select revision from registry.head) where client_id = '\(PolicyHouse.sync)'"
            )
            try await house.change(
                "policy",
                """
                insert into policy.role_permission values ('Marketer', 'READ_BOOKS'), ('Marketer', 'LEND_BOOKS');
                update policy.role set revision = (select revision from policy.head) where name = 'Marketer'
                """)
            try await eventually("the application may read books") {
                try await house.ask("GET", "/library/books/0-306-40615-2", token).status == 200
            }
            let loans = "/library/branches/"
            #expect(try await house.ask("POST", loans + "shop.example.com/loans", token).status == 200)
            #expect(
                try await house.ask("POST", loans + "other.example.com/loans", token)["X-Gatehouse-Reason"]
                    == "domain_denied")
        }
    }
}
