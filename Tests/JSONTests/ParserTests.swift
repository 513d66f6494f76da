import GatehouseJSON
import Testing

@Suite struct ParserTests {
    @Test(
        arguments: [
            ("null", .null), ("true", .bool(true)), ("false", .bool(false)), (" \t\r\n 1 \t\r\n ", .integer(1)),
            ("[]", []), ("{}", [:]), ("[ ]", []), ("{ }", [:]), ("[1 , 2]", [1, 2]),
            (#"{ "a" : [ { } ] }"#, ["a": [[:]]]),
            (#"{"":0}"#, ["": 0]), (#"{"b":1,"a":2}"#, ["b": 1, "a": 2]), (#"{"a":null}"#, ["a": nil]),
            ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("1.0", .number(1)), ("-0.0", .number(0)),
            ("1e2", .number(100)), ("1E+2", .number(100)), ("1E-2", .number(0.01)), ("0e1", .number(0)),
            ("123.456e78", .number(123.456e78)), ("1e-400", .number(0)), ("5e-324", .number(.leastNonzeroMagnitude)),
            ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("0.1", .number(0.1)),
            (#""""#, ""), (#""a""#, "a"), (#""é€😀""#, "é€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC\uD83D\uDE00""#, "Aé€😀"), (#""\u0000""#, "\0"),
            (#""\u2028\uFFFF""#, "\u{2028}\u{FFFF}"),
            (#""\u0022""#, "\""), (#""x\u005Cy""#, "x\\y"), ("\"\u{7F}\"", "\u{7F}"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
            (#""a\nb\nc""#, "a\nb\nc"), (#"["\\",1]"#, ["\\", 1]), (#"{"\u0061":1}"#, ["a": 1]),
        ] as [(String, JSON)])
    func `reads`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        // Nothing, too little, too much.
        ("", 0), (" ", 1), ("nul", 3), ("tru", 3), ("truE", 3), ("nulll", 4), ("1 2", 2), ("1,", 1), ("{}}", 2),
        ("[] []", 3), ("[1]x", 3), ("\u{FEFF}1", 0), ("\u{A0}1", 0), ("\u{0C}1", 0), ("1\0", 1), ("/**/1", 0),
        ("1//", 1), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("undefined", 0), ("TRUE", 0), ("'a'", 0),
        // Arrays and objects.
        ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3), ("[1:2]", 2),
        ("]", 0), ("[}", 1), ("{", 1), ("{]", 1), ("{a:1}", 1), ("{1:1}", 1), (#"{"a""#, 4), (#"{"a":"#, 5),
        (#"{"a":1"#, 6), (#"{"a":1,"#, 7), (#"{"a":1,}"#, 7), (#"{,"a":1}"#, 1), (#"{"a" 1}"#, 5), (#"{"a"::1}"#, 5),
        (#"{"a":1 "b":2}"#, 7), (#"{"a","b"}"#, 4), (#"{"a":}"#, 5), ("{null:1}", 1),
        // Names twice.
        (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"b":{"c":1},"\u0061":2}"#, 19), (#"[{"x":{"a":1,"b":2,"a":3}}]"#, 19),
        // Numbers.
        ("01", 1), ("-", 1), ("-01", 2), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3),
        ("1e1.5", 3), ("0x1", 1), ("1_000", 1), ("--1", 1), ("1-", 1), ("- 1", 1), ("1e400", 0), ("-1e400", 0),
        ("[-1e999]", 1), ("１", 0), ("1 000", 2),
        // Strings.
        (#"""#, 1), (#""a"#, 2), (#""\"#, 2), (#""\""#, 3), (#""\x""#, 1), (#""\'""#, 1), (#""\U0041""#, 1),
        (#""\u"#, 3), (#""\u00"#, 5), (#""\u004""#, 6), (#""\u00G0""#, 5), (#""\u+041""#, 3), ("\"\\\u{1}\"", 1),
        ("\"\n\"", 1), ("\"a\tb\"", 2), ("\"\0\"", 1), ("\"\u{1F}\"", 1), (#""\u００４１""#, 3),
        // Surrogates.
        (#""\uD800""#, 1), (#""\uDC00""#, 1), (#""\uD800\uD800""#, 1), (#""\uD800x""#, 1), (#""\uD800\n""#, 1),
        (#""ab\uDFFF\uD800""#, 3), (#""\uD83D\uDE0""#, 12), (#""\uD800\u0041""#, 1),
    ])
    func `refuses`(text: String, offset: Int) {
        #expect { try JSON(parsing: text) } throws: { ($0 as? JSON.Failure)?.offset == offset }
    }

    @Test(
        arguments: [
            [0x80], [0xFF], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func `refuses invalid UTF-8 in a value, a name, beside an escape, and bare`(bytes: [UInt8]) {
        func quoted(_ prefix: String, _ suffix: String) -> [UInt8] { Array(prefix.utf8) + bytes + Array(suffix.utf8) }
        for text in [quoted("\"a", "\""), quoted("\"\\n", "\\n\"")] {
            #expect(throws: JSON.Failure(reason: .invalidUTF8, offset: 1)) { try JSON(parsing: text) }
        }
        #expect(throws: JSON.Failure(reason: .invalidUTF8, offset: 2)) { try JSON(parsing: quoted("{\"", "\":1}")) }
        #expect(throws: JSON.Failure.self) { try JSON(parsing: quoted("", "")) }
        #expect(throws: JSON.Failure.self) { try JSON(parsing: quoted("1", "")) }
    }

    @Test(arguments: [0, 1, 2, 64])
    func `nests as deep as asked and no deeper`(depth: Int) throws {
        func nested(_ depth: Int, _ open: String, _ inner: String, _ close: String) -> String {
            String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        }
        let tooDeep = JSON.Failure.Reason.tooDeep
        _ = try JSON(parsing: nested(depth, "[", "1", "]"), depth: depth)
        _ = try JSON(parsing: nested(depth, #"{"a":"#, "1", "}"), depth: depth)
        #expect(throws: JSON.Failure(reason: tooDeep, offset: depth)) {
            try JSON(parsing: nested(depth + 1, "[", "1", "]"), depth: depth)
        }
        #expect(throws: JSON.Failure(reason: tooDeep, offset: 5 * depth)) {
            try JSON(parsing: nested(depth + 1, #"{"a":"#, "1", "}"), depth: depth)
        }
    }

    @Test func `a hundred thousand open brackets do not exhaust the stack`() {
        #expect(throws: JSON.Failure(reason: .tooDeep, offset: 64)) {
            try JSON(parsing: String(repeating: "[", count: 100_000))
        }
    }

    @Test func `a name is found twice among very many`() {
        let members = (0..<20_000).map { #""\#($0)":0"# }.joined(separator: ",")
        #expect { try JSON(parsing: "{\(members),\"17\":0}") } throws: {
            ($0 as? JSON.Failure)?.reason == .duplicateName("17")
        }
    }

    @Test func `a failure says what and where`() {
        #expect(throws: JSON.Failure(reason: .duplicateName("a\""), offset: 9)) {
            try JSON(parsing: #"{"a\"":1,"a\"":2}"#)
        }
        #expect(
            JSON.Failure(reason: .duplicateName("a\""), offset: 8).description == #"duplicate name "a\"" at byte 8"#)
        #expect(JSON.Failure(reason: .unexpectedByte(0x7D), offset: 0).description == "unexpected } at byte 0")
        #expect(JSON.Failure(reason: .unexpectedByte(0x0), offset: 2).description == "unexpected byte 0x00 at byte 2")
    }
}
