import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// Whatever is sent: a clear 4xx, nothing half-done, and the service goes on.
@Suite struct HostileInputTests {
    @Test func `bodies that are no JSON objects, or say what nobody asked`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            let bodies: [[UInt8]] = [
                Array("{".utf8), Array("[]".utf8), Array("\"name\"".utf8), Array("null".utf8), Array("{}{}".utf8),
                Array("{\"name\":\"a\",\"name\":\"b\"}".utf8), Array("{\"name\":\"\\ud800\"}".utf8),
                Array("{\"name\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), [0xEF, 0xBB, 0xBF] + Array("{}".utf8),
                Array("{\"scopes\":".utf8) + Array(repeating: UInt8(ascii: "["), count: 100_000),
                Array("{\"client_id\":\"x\"}".utf8), Array("{\"client_secret\":\"x\"}".utf8),
                Array("{\"defined_by\":\"internal\"}".utf8), Array("{\"revision\":7}".utf8),
            ]
            for body in bodies {
                for (method, path) in [
                    ("POST", "/api/v1/applications"), ("PATCH", path), ("POST", path + "/secret"),
                    ("POST", path + "/revoke-tokens"),
                ] {
                    let answer = try await house.send(method, path, bytes: body)
                    #expect(answer.status == 400, "\(method) \(String(decoding: body.prefix(60), as: UTF8.self))")
                    #expect(try answer.json()["type"] == "urn:gatehouse:problem:malformed")
                }
            }
            let unknown = try await house.call(
                "POST", "/api/v1/applications", RegistryHouse.draft("A", ["logo": nil, "x": 1]))
            #expect(
                try unknown.json()["errors"] == [
                    ["field": "logo", "detail": "is unknown"], ["field": "x", "detail": "is unknown"],
                ])
            #expect(try await house.head() == 1)
        }
    }

    @Test func `bodies that are too large, of another type, or unasked for`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            func body(_ size: Int) -> [UInt8] {
                Array("{\"name\":\"".utf8) + Array(repeating: UInt8(ascii: "a"), count: size) + Array("\"}".utf8)
            }
            for (method, path) in [("POST", "/api/v1/applications"), ("PATCH", path), ("POST", path + "/secret")] {
                #expect(try await house.send(method, path, bytes: body(1 << 20)).status == 413)
                // Who goes on sending after the refusal finds the connection closed.
                let huge = try? await house.send(method, path, bytes: body(10_000_000))
                #expect(huge == nil || huge?.status == 413)
                let typed = try await house.call(method, path, [:], headers: ["Content-Type": "text/plain"])
                #expect(typed.status == 415)
            }
            #expect(try await house.call("PUT", path, [:]).status == 405)
            #expect(try await house.head() == 1)
        }
    }

    @Test func `ten thousand IP ranges are taken, one more is not`() async throws {
        try await RegistryHouse.run { house in
            func ranges(_ count: Int) -> JSON {
                .array((0..<count).map { ["range": "10.\($0 >> 8).\($0 & 255).0/25"] })
            }
            let path = RegistryHouse.path(try await house.id("Many", ["ip_ranges": ranges(10_000)]))
            #expect(try await house.database.text("select count(*) from registry.published_ranges") == "10000")
            #expect(try await house.call("GET", path).json()["ip_ranges"]?.array?.count == 10_000)
            let refused = try await house.call("PATCH", path, ["ip_ranges": ranges(10_001)])
            #expect(
                try refused.json()["errors"] == [["field": "ip_ranges", "detail": "must have at most 10000 elements"]])
            // Half of them stay, half come: the published list is the new one, of one revision.
            let moved = (5_000..<15_000).map { JSON.object(["range": "10.\($0 >> 8).\($0 & 255).0/25"]) }
            #expect(try await house.call("PATCH", path, ["ip_ranges": .array(moved)]).status == 200)
            #expect(
                try await house.database.text(
                    "select row(count(*), min(revision), max(revision)) from registry.published_ranges")
                    == "(10000,2,2)")
            // 10,000 wrong ones make no 10,000 errors.
            let wrong = try await house.call(
                "PATCH", path, ["ip_ranges": .array(Array(repeating: ["range": "x"], count: 10_000))])
            #expect(wrong.status == 422)
            #expect(try wrong.json()["errors"]?.array?.count == 100)
            #expect(try await house.call("PATCH", path, ["ip_ranges": []]).status == 200)
            #expect(try await house.database.text("select count(*) from registry.published_ranges") == "0")
        }
    }

    @Test func `paths and queries that name nothing`() async throws {
        try await RegistryHouse.run { house in
            for id in ["x", "%00", String(repeating: "a", count: 32), "..%2Fapplications", "%FF%FE", "'%20or%20''='"] {
                for (method, end) in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret")] {
                    let answer = try await house.call(method, RegistryHouse.path(id) + end, method == "GET" ? nil : [:])
                    #expect([404, 413].contains(answer.status), "\(method) \(id)")
                }
            }
            for (query, status) in [
                ("limit=0", 422), ("limit=201", 422), ("limit=x", 422), ("cursor=x", 422), ("cursor=WyJhIl0", 422),
                ("flow=implicit", 422), ("enabled=maybe", 422), ("defined_by=me", 422), ("run_as=x", 422),
                ("scope=%22", 422), ("q=%E2%80%AE", 422), ("q=%00", 400), ("q=%FF", 400), ("q=%", 400),
                ("sort=name", 400),
                ("flow=client_credentials&flow=client_credentials", 400), ("q=%27%20or%201%3D1--", 200), ("q=%25", 200),
            ] {
                let answer = try await house.call("GET", "/api/v1/applications?\(query)")
                #expect(answer.status == status, "\(query): \(answer.text)")
            }
            #expect(try await house.head() == 0)
        }
    }

    @Test func `without policy's assertion for this very request there is nothing`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id)
            #expect(try await house.service.client.send("GET", path).status == 401)
            #expect(
                try await house.service.client.send("GET", path, headers: ["Authorization": "Bearer x"]).status == 401)
            for header in ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."] {
                #expect(
                    try await house.service.client.send("GET", path, headers: ["X-Gatehouse-Assertion": header]).status
                        == 401)
            }
        }
    }

    @Test func `requests that are cut off, in the middle of a body too, harm nobody`() async throws {
        try await RegistryHouse.run { house in
            let port = house.service.port
            let core = Core()
            defer { core.stop() }
            try await core.run { core in
                for text in [
                    "POST /api/v1/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"na",
                    "PATCH /api/v1/applications/a HTTP/1.1\r\nHost: x\r\nContent-Le", "\u{0}\u{1}\u{2}\r\n\r\n",
                ] {
                    let client = try RawClient(port, core.events)
                    try await client.send(text)
                    client.reset()
                }
            }
            #expect(try await house.id("After") != "")
        }
    }
}
