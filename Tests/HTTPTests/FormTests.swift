import GatehouseHTTP
import Testing

@Suite struct `A form` {
    @Test(
        arguments: [
            ("", []),
            ("a=b", ["a=b"]),
            ("a=b&c=d", ["a=b", "c=d"]),
            ("a", ["a="]),
            ("a=", ["a="]),
            ("a=b=c", ["a=b=c"]),
            ("&a=b&&c=d&", ["a=b", "c=d"]),
            ("a+b=c+d", ["a b=c d"]),
            ("%61=%c3%A9%2b%26%3D%25", ["a=é+&=%"]),
            ("a=1&a=2", ["a=1", "a=2"]),
            ("a=é", ["a=é"]),
            ("a=%0d%0a", ["a=\r\n"]),
        ] as [(String, [String])])
    func `is read`(text: String, fields: [String]) throws {
        #expect(try Form(text).fields.map { "\($0.name)=\($0.value)" } == fields)
    }

    @Test(arguments: [
        ("a=%", Form.Failure.invalidEscape), ("a=%4", .invalidEscape), ("a=%4g", .invalidEscape),
        ("%zz=a", .invalidEscape),
        ("a=%+1", .invalidEscape), ("a=%ff", .invalidUTF8), ("a=%c3", .invalidUTF8), ("a=%ed%a0%80", .invalidUTF8),
        ("a=%c0%80", .invalidUTF8), ("a=%00", .nul), ("a=\0", .nul), ("%00=b", .nul), ("=b", .nameless),
        ("a=b&=", .nameless),
    ])
    func `is refused rather than repaired`(text: String, failure: Form.Failure) {
        #expect(throws: failure) { try Form(text) }
    }

    @Test func `of bytes that are no UTF-8 is refused`() {
        #expect(throws: Form.Failure.invalidUTF8) { try Form([0x61, 0x3d, 0xff]) }
    }

    @Test func `shows what is repeated`() throws {
        let form = try Form("a=1&b=2&%61=3&c=")
        #expect(form.repeated == ["a"])
        #expect(form["a"] == "1")
        #expect(form.values(of: "a") == ["1", "3"])
        #expect(form["c"]?.isEmpty == true)
        #expect(form["d"] == nil)
    }
}

@Suite struct `A media type` {
    @Test(
        arguments: [
            ("text/plain", "text/plain", [:]),
            ("Text/Plain", "text/plain", [:]),
            (" application/json ; Charset=UTF-8", "application/json", ["charset": "UTF-8"]),
            ("a/b;c=\"d;\\\"e\";f=g", "a/b", ["c": "d;\"e", "f": "g"]),
            ("a/b;", "a/b", [:]),
        ] as [(String, String, [String: String])])
    func `is read`(text: String, essence: String, parameters: [String: String]) {
        let type = MediaType(text)
        #expect(type?.essence == essence)
        #expect(type?.parameters == parameters)
    }

    @Test(arguments: [
        "", "text", "text/", "/plain", "text /plain", "a/b c", "a/b;c", "a/b;c=", "a/b;c=\"d", "a/b;c=1;C=2",
        "a/b, c/d",
    ])
    func `is refused`(text: String) {
        #expect(MediaType(text) == nil)
    }
}
