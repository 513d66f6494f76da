import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// Ann reaches her shop alone; Bea has all domains.
@Suite struct `An object of the directory` {
    private static let places = [
        ("mine", "{shop.example.com}"), ("theirs", "{news.example.com}"),
        ("both", "{news.example.com,shop.example.com}"),
        ("global", "{}"), ("a b", "{shop.example.com}"),
    ]

    private func fill(_ house: PolicyHouse) async throws {
        let rows = Self.places.map { "('segment', '\($0)', '\($1)')" }.joined(separator: ", ")
        try await house.sql("insert into policy.object values \(rows), ('model', 'theirs', '{shop.example.com}')")
    }

    /// How often decisions have asked the directory, by what it said.
    private func reads(_ house: PolicyHouse) async throws -> [String: Int] {
        let family = try await house.service.metrics().families.first { $0.name == "gatehouse_object_reads_total" }
        return Dictionary(
            uniqueKeysWithValues: try #require(family).samples.map { ($0.labels["result"] ?? "", Int($0.value)) })
    }

    @Test func `is read by who reaches one of its domains, and written by who reaches all`() async throws {
        try await PolicyHouse.run { house in
            try await fill(house)
            let (ann, bea) = (try house.token(), try house.adminToken())
            for (id, read, write) in [
                ("mine", 200, 200), ("a%20b", 200, 200), ("theirs", 403, 403), ("both", 200, 403), ("global", 200, 403),
                ("unheard-of", 403, 403), ("Mine", 403, 403), ("mine%20", 403, 403),
            ] {
                for (method, status) in [
                    ("GET", read), ("HEAD", read), ("PUT", write), ("PATCH", write), ("DELETE", write),
                ] {
                    let answer = try await house.ask(method, "/rest/v2/segments/\(id)?x=1", ann)
                    #expect(answer.status == status, "\(method) \(id)")
                    #expect(answer["X-Gatehouse-Reason"] == (status == 200 ? nil : "domain_denied"), "\(method) \(id)")
                    #expect(
                        try await house.ask(method, "/rest/v2/segments/\(id)", bea).status == 200, "\(method) \(id)")
                }
            }
        }
    }

    /// No barrier, no wait: the next decision reads what is there.
    @Test func `is decided by as it is at that moment`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token()
            for (sql, status) in [
                ("insert into policy.object values ('segment', '7', '{shop.example.com}')", 200),
                ("update policy.object set domains = '{news.example.com}'", 403),
                ("update policy.object set domains = '{news.example.com,shop.example.com}'", 403),
                ("update policy.object set domains = '{shop.example.com}'", 200), ("delete from policy.object", 403),
            ] {
                try await house.sql(sql)
                #expect(try await house.ask("PUT", "/rest/v2/segments/7", token).status == status, "\(sql)")
            }
        }
    }

    @Test func `is looked up where the decision hangs on it alone: once, and for nobody who has all domains`()
        async throws
    {
        try await PolicyHouse.run { house in
            try await fill(house)
            let (ann, bea) = (try house.token(), try house.adminToken())
            #expect(try await reads(house) == ["known": 0, "unknown": 0, "unreadable": 0])
            let narrow = try house.token(PolicyHouse.claims(scope: "read:segments"))
            let old = try house.token { $0["exp"] = 1 }
            for (method, target, token, status) in [
                ("PUT", "/rest/v2/segments/mine", bea, 200), ("PUT", "/rest/v2/segments/mine", narrow, 403),
                ("GET", "/rest/v2/segments/mine", old, 401), ("GET", "/rest/v2/models/theirs", ann, 403),
                ("GET", "/rest/v2/segments", ann, 200), ("GET", "/rest/v2/segments/mine", "x", 401),
                ("GET", "/rest/v2/segments/mine/more", ann, 403),
                ("GET", "/rest/v2/segments/" + String(repeating: "x", count: 257), ann, 403),
            ] {
                #expect(try await house.ask(method, target, token).status == status, "\(method) \(target)")
            }
            #expect(try await reads(house) == ["known": 0, "unknown": 0, "unreadable": 0])
            for target in ["mine", "theirs", "unheard-of", "mine"] {
                _ = try await house.ask("GET", "/rest/v2/segments/" + target, ann)
            }
            #expect(try await reads(house) == ["known": 3, "unknown": 1, "unreadable": 0])
        }
    }

    /// R4: what needs no row goes on until the lease ends; what needs an object is refused at once.
    @Test func `that cannot be read is a stale state at once, while the lease still holds`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "300s"]) { house in
            try await fill(house)
            let (ann, bea) = (try house.token(), try house.adminToken())
            #expect(try await house.ask("GET", "/rest/v2/segments/mine", ann).status == 200)
            try await TestDatabase.onServer("alter database \(house.database.name) allow_connections false")
            try await TestDatabase.onServer(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(house.database.name)'")
            for method in ["GET", "PUT"] {
                let refused = try await house.ask(method, "/rest/v2/segments/mine", ann)
                #expect(refused.status == 503 && refused["X-Gatehouse-Reason"] == "state_stale", "\(method)")
            }
            #expect(try await house.ask("GET", "/rest/v2/segments", ann).status == 200)
            #expect(try await house.ask("PUT", "/rest/v2/segments/mine", bea).status == 200)
            try await TestDatabase.onServer("alter database \(house.database.name) allow_connections true")
            try await eventually("it is read again", within: .seconds(30)) {
                try await house.ask("GET", "/rest/v2/segments/mine", ann).status == 200
            }
        }
    }

    @Test func `that does not come is waited for shortly, and never allowed`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "300s"]) { house in
            try await fill(house)
            let ann = try house.token()
            try await house.database.holding("lock table policy.object in access exclusive mode") {
                let refused = try await house.ask("PUT", "/rest/v2/segments/mine", ann)
                #expect(refused.status == 503 && refused["X-Gatehouse-Reason"] == "state_stale")
                #expect(try await house.ask("GET", "/rest/v2/segments", ann).status == 200)
            }
            #expect(try await house.ask("PUT", "/rest/v2/segments/mine", ann).status == 200)
        }
    }
}
