import GatehouseCrypto
import GatehouseJSON
import GatehousePostgres
import TestSupport
import Testing

@Suite struct ListTests {
    private static func names(_ answer: TestAnswer) throws -> [String] {
        try answer.json()["items"]?.array?.compactMap { $0["name"]?.string } ?? []
    }

    @Test func `filters narrow the list, and together narrow it further`() async throws {
        try await RegistryHouse.run { house in
            let reports = try await house.id(
                "Reports",
                [
                    "flow": "authorization_code", "redirect_uris": ["https://a.example/"],
                    "website_url": "https://a.example", "run_as": nil,
                ])
            _ = try await house.id("Ärger 100%", ["enabled": false])
            _ = try await house.id(
                "shop report", ["run_as": .string(RegistryHouse.ann), "scopes": ["read:applications"]])
            let gone = try await house.id("Gone")
            #expect(try await house.call("DELETE", RegistryHouse.path(gone)).status == 204)
            for (query, names) in [
                ("", ["Reports", "shop report", "Ärger 100%"]), ("defined_by=internal", []),
                ("defined_by=user", ["Reports", "shop report", "Ärger 100%"]), ("flow=authorization_code", ["Reports"]),
                ("enabled=false", ["Ärger 100%"]), ("enabled=true", ["Reports", "shop report"]),
                ("q=REPORT", ["Reports", "shop report"]), ("q=%C3%A4rger", ["Ärger 100%"]), ("q=%25", ["Ärger 100%"]),
                ("q=_", []), ("q=", ["Reports", "shop report", "Ärger 100%"]), ("q=\(reports)", ["Reports"]),
                ("run_as=\(RegistryHouse.ann)", ["shop report"]), ("run_as=system", []),
                ("scope=read:segments", ["Reports", "Ärger 100%"]), ("scope=write:segments", []),
                ("q=report&enabled=true&flow=client_credentials&scope=read:applications", ["shop report"]),
            ] {
                let answer = try await house.call("GET", "/api/v1/applications?\(query)")
                #expect(answer.status == 200)
                #expect(try Self.names(answer) == names, "\(query)")
            }
        }
    }

    @Test func `a cursor that we never gave is refused`() async throws {
        try await RegistryHouse.run { house in
            for name in ["A", "B"] { _ = try await house.id(name) }
            let page = try await house.call("GET", "/api/v1/applications?limit=1").json()
            let cursor = try #require(Base64URL.decode(page["next_cursor"]?.string ?? ""))
            let given = try JSON(parsing: cursor).array ?? []
            let (list, id) = (try #require(given.first), try #require(given.last))
            #expect(given == [list, "A", id])
            for forged: JSON in [
                [list, "a\u{0}", "x"], [list, "a\u{0}", id], [list, "A", "x"], [list, [:], "A", id],
                [list, "A", id, 1],
                [list, nil, "A", id], [list, "A"], [list, "A", id, "x"], [list], [list, "", id],
            ] {
                let answer = try await house.call(
                    "GET", "/api/v1/applications?limit=1&cursor=\(Base64URL.text(forged.bytes))")
                #expect(answer.status == 422, "\(forged.text): \(answer.text)")
                #expect(try answer.json()["errors"]?[0]?["field"] == "cursor")
            }
        }
    }

    @Test func `pages follow each other without a gap, and a cursor serves its own list alone`() async throws {
        try await RegistryHouse.run { house in
            var made: [String] = []
            for number in 1...7 {
                let name = "App \(number)"
                _ = try await house.id(name)
                made.append(name)
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await house.call("GET", "/api/v1/applications?enabled=true&limit=3\(cursor)")
                seen += try Self.names(page)
                let next = try page.json()["next_cursor"]?.string
                if let next {
                    for query in ["limit=3", "enabled=false", "enabled=true&q=app"] {
                        let other = try await house.call("GET", "/api/v1/applications?\(query)&cursor=\(next)")
                        #expect(other.status == 422)
                        #expect(try other.json()["errors"]?[0]?["field"] == "cursor")
                    }
                    // What comes before the place meanwhile is not seen, and moves nothing.
                    if seen.count == 3 { _ = try await house.id("Aardvark") }
                }
                cursor = next.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == made)
        }
    }

    @Test func `at a hundred thousand applications no list reads the table through`() async throws {
        try await RegistryHouse.run { house in
            for part in 0..<20 { try await house.database.script(Self.many((part * 5000 + 1)...(part * 5000 + 5000))) }
            try await house.database.script("analyze registry.application")
            let scans = Statement(
                """
                select coalesce(t.seq_scan, 0), s.indexrelname::text, s.idx_scan
                from pg_stat_user_tables t join pg_stat_user_indexes s on s.relid = t.relid
                where t.schemaname = 'registry' and t.relname = 'application'
                """
            ) { row in try (sequential: row.int8(), index: row.text(), scans: row.int8()) }
            let before = try await house.database.query(scans)
            let queries = [
                ("", "application_list"), ("q=a", "application_list"), ("enabled=true", "application_list"),
                ("enabled=false", "application_disabled"), ("defined_by=internal", "application_internal"),
                ("flow=authorization_code", "application_flow"), ("q=99999", "application_words"),
                ("q=nowhere", "application_words"), ("run_as=\(RegistryHouse.ann)", "application_run_as"),
                ("scope=write:segments", "application_scopes"),
            ]
            // More often than the planner tries plans for one set of values: a general one is as good.
            for (query, _) in queries {
                for _ in 0..<8 {
                    #expect(try await house.call("GET", "/api/v1/applications?limit=20&\(query)").status == 200)
                }
            }
            var after = before
            try await eventually("every list was counted") {
                after = try await house.database.query(scans)
                func count(_ rows: [(sequential: Int64, index: String, scans: Int64)], _ index: String) -> Int64 {
                    rows.first { $0.index == index }?.scans ?? 0
                }
                return Set(queries.map(\.1)).allSatisfy { index in
                    count(after, index) - count(before, index) >= 8 * queries.count { $0.1 == index }
                }
            }
            #expect(after.first?.sequential == before.first?.sequential)
        }
    }

    private static func many(_ numbers: ClosedRange<Int>) -> String {
        """
        insert into registry.application (client_id, name, name_key, description, defined_by, flow, redirect_uris, scopes, ip_ranges,
            run_as, enabled, secret_hmac, pepper_id, secret_hint, secret_created_at, secret_created_by,
            revision, created_at, created_by, updated_at, updated_by)
        select lpad(n::text, 32, '0'), 'Application ' || md5(n::text) || n, 'application ' || md5(n::text) || n, '', 'user',
            'client_credentials', '{}', case when n % 1000 = 0 then '{read:segments,write:segments}' else '{read:segments}' end::text[],
            '[{"range": "203.0.113.0/24", "note": "office"}]',
            case when n % 5000 = 0 then '\(RegistryHouse.ann)' else '\(RegistryHouse.bob)' end::uuid, n % 997 <> 0,
            sha256(n::text::bytea), 'p1', '…abcd', now(), '\(RegistryHouse.ann)', n, now(), '\(RegistryHouse.ann)', now(), '\(RegistryHouse.ann)'
        from generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n
        """
    }
}
