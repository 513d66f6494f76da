import GatehouseJSON
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas come by themselves`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a")
        writer.beginArray()
        writer.integer(1)
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.string("x")
        writer.endArray()
        writer.member("b")
        writer.bool(false)
        writer.member("c")
        writer.null()
        writer.member("d")
        writer.raw(#"{"x":1}"#.utf8)
        writer.member("e")
        writer.number(0.5)
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":[1,[],{},"x"],"b":false,"c":null,"d":{"x":1},"e":0.5}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\u{c}\n\r\t", #""\b\f\n\r\t""#),
        ("\0\u{1}\u{f}\u{10}\u{1f}", #""\u0000\u0001\u000f\u0010\u001f""#),
        ("\u{FEFF}\u{7f}é😀\u{2028}", "\"\u{FEFF}\u{7f}é😀\u{2028}\""),
        ("a\nb", #""a\nb""#), ("\r\n", #""\r\n""#),
    ])
    func `escapes what must be, and nothing else`(value: String, text: String) {
        #expect(JSON.string(value).text == text)
    }

    @Test(
        arguments: [
            (.integer(.min), "-9223372036854775808"), (.integer(0), "0"), (.number(1), "1.0"),
            (.number(1e300), "1e+300"),
            (.number(-0.0), "-0.0"), (.number(.infinity), "null"), (.number(.nan), "null"),
        ] as [(JSON, String)])
    func `numbers`(value: JSON, text: String) {
        #expect(value.text == text)
    }
}
