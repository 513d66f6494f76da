import Foundation
import GatehouseCrypto
import Testing

@Suite struct `Base64 for URLs` {
    @Test func `agrees with Foundation, but for alphabet and padding`() {
        for size in 0..<300 {
            let bytes = Random.bytes(size)
            let text = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            #expect(Base64URL.text(bytes) == text)
            #expect(Base64URL.encode(bytes) == Array(text.utf8))
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test func `knows each of its 64 characters and no other`() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for character in UInt8.min...UInt8.max {
            for place in 0..<8 {
                var text = Array("AAAAAAAA".utf8)
                text[place] = character
                #expect((Base64URL.decode(text) != nil) == alphabet.contains(character), "\(character) at \(place)")
            }
        }
    }

    /// So no two texts mean the same bytes.
    @Test func `what it reads, it writes in the same way`() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var read = 0
        for first in alphabet {
            for second in alphabet {
                for text in [
                    [first, second], [65, first, second], [65, 65, first, second], [first, 65, 65, 65, second],
                ] {
                    guard let bytes = Base64URL.decode(text) else { continue }
                    #expect(Base64URL.encode(bytes) == text)
                    read += 1
                }
            }
        }
        // Two characters carry 8 of their 12 bits, three 16 of 18, four all; five never.
        #expect(read == 64 * 4 + 64 * 16 + 64 * 64)
    }

    @Test(arguments: [
        "A", "AAAAA", "QQ==", "QQ=", "Q Q", " QQ", "QQ\n", "QQ\r\n", "QR", "QUJ", "Q+8", "Q/8", "Qä", "Q\0Q", "AA.A",
    ])
    func `refuses padding, space, spare bits and foreign characters`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
