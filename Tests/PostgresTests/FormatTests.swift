import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite struct `Values` {
    /// Sends each value, and expects it back.
    private func roundTrip<T: Equatable & Sendable>(
        _ type: String, _ values: [T], _ wrap: @Sendable (T) -> Value,
        _ read: @escaping @Sendable (inout RowReader) throws -> T
    ) async throws {
        try await withStory { (_, connection) async throws in
            let echo = Statement("select $1::\(type)", decode: read)
            for value in values { #expect(try await connection.query(echo, wrap(value)) == [value]) }
        }
    }

    private func random<T: FixedWidthInteger>(_ type: T.Type, _ count: Int = 50) -> [T] {
        [.min, .max, 0, 1] + (0..<count).map { _ in T.random(in: .min ... .max) }
    }

    private func strings() -> [String] {
        let alphabet = Array("abcXYZ019 \n\t\"'\\{},äßçłø漢字🙂\u{1F468}\u{200D}\u{1F469}\u{7f}\u{1}")
        let random = (0..<50).map { _ in
            String((0..<Int.random(in: 0..<100)).compactMap { _ in alphabet.randomElement() })
        }
        return ["", " ", "NULL", "null", "{}", String(repeating: "x", count: 100_000)] + random
    }

    private func blobs() -> [[UInt8]] {
        [[], [0], Array(0...255)]
            + (0..<50).map { _ in (0..<Int.random(in: 0..<300)).map { _ in UInt8.random(in: 0...255) } }
    }

    /// All that PostgreSQL holds and Int64 microseconds since 1970 express.
    private func moments() -> [Int64] {
        let least: Int64 = -210_866_803_200_000_000  // 4714-11-24 BC
        return [least, .min, .max, 0, -1, 946_684_800_000_000, 946_684_799_999_999, .max - 1]
            + (0..<50).map { _ in Int64.random(in: least...(.max - 1)) }
    }

    @Test func `booleans and integers come back as they went`() async throws {
        try await roundTrip("bool", [true, false], { .bool($0) }, { try $0.bool() })
        try await roundTrip("int2", random(Int16.self), { .int2($0) }, { try $0.int2() })
        try await roundTrip("int4", random(Int32.self), { .int4($0) }, { try $0.int4() })
        try await roundTrip("int8", random(Int64.self), { .int8($0) }, { try $0.int8() })
    }

    @Test func `doubles come back bit by bit`() async throws {
        let extremes = [
            0, -0.0, .infinity, -.infinity, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, Double.nan,
        ]
        let random = (0..<50).map { _ in Double(bitPattern: .random(in: .min ... .max)) }
        try await roundTrip(
            "float8", (extremes + random).map(\.bitPattern), { .float8(Double(bitPattern: $0)) },
            { try $0.float8().bitPattern })
    }

    @Test func `texts, bytes and identifiers come back as they went`() async throws {
        try await roundTrip("text", strings(), { .text($0) }, { try $0.text() })
        try await roundTrip("varchar", strings(), { .text($0) }, { try $0.text() })
        try await roundTrip("name", ["", "a name"], { .text($0) }, { try $0.text() })
        try await roundTrip("bytea", blobs(), { .bytea($0) }, { try $0.bytea() })
        try await roundTrip("uuid", random(UInt128.self), { .uuid($0) }, { try $0.uuid() })
    }

    @Test func `moments come back to the microsecond`() async throws {
        try await roundTrip("timestamptz", moments(), { .timestamptz(microsSince1970: $0) }, { try $0.timestamptz() })
    }

    @Test func `addresses come back with their prefix`() async throws {
        let inets =
            (0...32).map { Inet(bytes: [192, 0, 2, 255], prefix: $0) }
            + (0...128).map { Inet(bytes: (0..<16).map { _ in UInt8.random(in: 0...255) }, prefix: $0) }
        try await roundTrip("inet", inets, { .inet($0) }, { try $0.inet() })
    }

    @Test func `JSON comes back with its meaning`() async throws {
        let texts = ["null", "0", "\"\"", "[]", "{}", #"{"a": [1, 2.5, true, null, "ä\"🙂"]}"#].map { Array($0.utf8) }
        try await roundTrip("jsonb", texts, { .jsonb($0) }, { try $0.jsonb() })
    }

    @Test func `arrays come back, empty ones too`() async throws {
        func some<T>(_ values: [T]) -> [[T]] { [[], Array(values.prefix(1)), values] }
        try await roundTrip("bool[]", some([true, false]), { .bools($0) }, { try $0.bools() })
        try await roundTrip("int2[]", some(random(Int16.self)), { .int2s($0) }, { try $0.int2s() })
        try await roundTrip("int4[]", some(random(Int32.self)), { .int4s($0) }, { try $0.int4s() })
        try await roundTrip("int8[]", some(random(Int64.self, 10_000)), { .int8s($0) }, { try $0.int8s() })
        try await roundTrip("float8[]", some([1.5, -.infinity, 0]), { .float8s($0) }, { try $0.float8s() })
        try await roundTrip("text[]", some(strings()), { .texts($0) }, { try $0.texts() })
        try await roundTrip("varchar[]", some(strings()), { .texts($0) }, { try $0.texts() })
        try await roundTrip("uuid[]", some(random(UInt128.self)), { .uuids($0) }, { try $0.uuids() })
        try await roundTrip(
            "timestamptz[]", some(moments()), { .timestamptzs(microsSince1970: $0) }, { try $0.timestamptzs() })
        try await roundTrip("bytea[]", some(blobs()), { .byteas($0) }, { try $0.byteas() })
        try await roundTrip("jsonb[]", some([Array("1".utf8), Array("{}".utf8)]), { .jsonbs($0) }, { try $0.jsonbs() })
        let inets = [Inet(bytes: [10, 0, 0, 0], prefix: 8), Inet(bytes: Array(repeating: 1, count: 16), prefix: 64)]
        try await roundTrip("inet[]", some(inets), { .inets($0) }, { try $0.inets() })
    }

    @Test func `nulls of every type come back as nil`() async throws {
        try await roundTrip("bool", [nil], { .bool($0) }, { try $0.optionalBool() })
        try await roundTrip("int2", [nil], { .int2($0) }, { try $0.optionalInt2() })
        try await roundTrip("int4", [nil], { .int4($0) }, { try $0.optionalInt4() })
        try await roundTrip("int8", [nil, 7], { .int8($0) }, { try $0.optionalInt8() })
        try await roundTrip("float8", [nil], { .float8($0) }, { try $0.optionalFloat8() })
        try await roundTrip("text", [nil, "", "x"], { .text($0) }, { try $0.optionalText() })
        try await roundTrip("uuid", [nil], { .uuid($0) }, { try $0.optionalUUID() })
        try await roundTrip(
            "timestamptz", [nil], { .timestamptz(microsSince1970: $0) }, { try $0.optionalTimestamptz() })
        try await roundTrip("bytea", [nil, []], { .bytea($0) }, { try $0.optionalBytea() })
        try await roundTrip("jsonb", [nil], { .jsonb($0) }, { try $0.optionalJSONB() })
        try await roundTrip("inet", [nil], { .inet($0) }, { try $0.optionalInet() })
        try await roundTrip(
            "int8", [true], { _ in .null },
            { row in
                defer { row.skip() }
                return row.isNull
            })
    }

    /// A round trip alone would not notice two errors that cancel each other.
    @Test func `PostgreSQL understands them as we do`() async throws {
        let year2000: Int64 = 946_684_800_000_000
        let spoken: [(Value, String, String)] = [
            (.bool(true), "bool", "true"), (.int2(-2), "int2", "-2"), (.int4(-70_000), "int4", "-70000"),
            (.int8(.min), "int8", "-9223372036854775808"), (.float8(-1.25), "float8", "-1.25"),
            (.text("ä 🙂"), "text", "ä 🙂"), (.bytea([0, 255, 16]), "bytea", "\\x00ff10"),
            (
                .uuid(hi: 0x0123_4567_89ab_cdef, lo: 0xfedc_ba98_7654_3210), "uuid",
                "01234567-89ab-cdef-fedc-ba9876543210"
            ),
            (.timestamptz(microsSince1970: year2000 + 1), "timestamptz", "2000-01-01 00:00:00.000001+00"),
            (.timestamptz(microsSince1970: 0), "timestamptz", "1970-01-01 00:00:00+00"),
            (.timestamptz(microsSince1970: .max), "timestamptz", "infinity"),
            (.timestamptz(microsSince1970: .min), "timestamptz", "-infinity"),
            (.jsonb(Array(#"{"b":1,"a":[ ]}"#.utf8)), "jsonb", #"{"a": [], "b": 1}"#),
            (.inet(Inet(bytes: [192, 0, 2, 0], prefix: 24)), "inet", "192.0.2.0/24"),
            (
                .inet(Inet(bytes: [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 12), prefix: 128)), "inet",
                "2001:db8::/128"
            ),
            (.texts(["a", nil, "b,c"]), "text[]", #"{a,NULL,"b,c"}"#), (.int8s([]), "int8[]", "{}"),
            (.uuids([UInt128(1), nil]), "uuid[]", "{00000000-0000-0000-0000-000000000001,NULL}"),
            (.byteas([[1], []]), "bytea[]", #"{"\\x01","\\x"}"#),
        ]
        try await withStory { (_, connection) async throws in
            try await connection.script("set timezone to 'UTC'")
            for (value, type, text) in spoken {
                let statement = Statement("select ($1::\(type))::text") { row in try row.text() }
                #expect(try await connection.query(statement, value) == [text])
            }
        }
    }

    @Test func `what is not representable is refused, not bent`() async throws {
        try await withStory { (_, connection) async throws in
            let moment = Statement("select $1::timestamptz") { row in try row.timestamptz() }
            let early = await failure { try await connection.query(moment, .timestamptz(microsSince1970: .min + 1)) }
            #expect(early?.sqlstate == "22008")
            let late = Statement("select '294276-12-31 23:59:59.999999+00'::timestamptz") { row in try row.timestamptz()
            }
            let unread = await failure { try await connection.query(late) }
            #expect(unread == .decoding("column 1 (timestamptz): 8 bytes are no timestamptz"))
            let nul = await failure {
                try await connection.query(Statement("select $1::text") { row in try row.text() }, .text("a\0b"))
            }
            #expect(nul?.sqlstate == "22021")
        }
    }

    @Test func `decoders are told the column, what they expect, and what is there`() async throws {
        let cases: [(String, @Sendable (inout RowReader) throws -> Void, String)] = [
            ("select 1::int4 as size", { _ = try $0.int8() }, "column 1 (size): expected int8, found the type 23"),
            ("select 'x'::text as id", { _ = try $0.uuid() }, "column 1 (id): expected uuid, found the type 25"),
            (
                "select 1::int8, null::text as name", { _ = (try $0.int8(), try $0.text()) },
                "column 2 (name): expected text, found null"
            ),
            (
                "select array[1, null]::int4[] as some", { _ = try $0.int4s() },
                "column 1 (some): expected int4[], found a null in it"
            ),
            (
                "select array[[1], [2]]::int4[] as some", { _ = try $0.int4s() },
                "column 1 (some): 44 bytes are no int4[]"
            ),
            (
                "select 1::int8", { _ = (try $0.int8(), try $0.text()) },
                "expected text in column 2, found only 1 columns"
            ),
            ("select 1::int8, 2::int8", { _ = try $0.int8() }, "1 of 2 columns were read"),
            (
                "select 1::int8 as n",
                {
                    _ = try $0.int8(); throw Foreign()
                }, "column 1 (n): a foreign error"
            ),
        ]
        try await withStory { (_, connection) async throws in
            for (sql, decode, message) in cases {
                let unread = await failure { try await connection.query(Statement(sql, decode: decode)) }
                #expect(unread == .decoding(message))
            }
        }
    }
    private struct Foreign: Error, CustomStringConvertible { let description = "a foreign error" }

    @Test func `parameters are what they say, so a wrong type is an error and never another value`() async throws {
        try await withStory { (_, connection) async throws in
            try await connection.script("create temporary table t (at timestamptz, n int4, v varchar(10))")
            let insert = Statement("insert into t (at) values ($1)")
            let wrong = await failure { try await connection.query(insert, .int8(5)).count }
            #expect(wrong?.sqlstate == "42804")
            #expect(try await connection.query(insert, .timestamptz(microsSince1970: 5)).count == 1)
            #expect(try await connection.query(insert, .null).count == 1)
            // An assignment casts, as in SQL.
            #expect(
                try await connection.query(Statement("insert into t (n, v) values ($1, $2)"), .int8(5), .text("x"))
                    .count == 1)
            // One text, two types: two preparations.
            let any = Statement("select $1::text") { row in try row.optionalText() }
            #expect(try await connection.query(any, .int8(5)) == ["5"])
            #expect(try await connection.query(any, .text("x")) == ["x"])
            #expect(try await connection.query(any, .int8(6)) == ["6"])
            #expect(try await connection.query(any, .null) == [nil])
        }
    }
}
