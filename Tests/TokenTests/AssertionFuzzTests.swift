import GatehouseCrypto
import GatehouseJSON
import TestSupport
import Testing

/// What stands in `client_assertion`, whatever it is, is answered with a refusal.
@Suite struct `A spoilt assertion` {
    private static let seed: UInt64 = 2026

    @Test func `is refused, and the server goes on`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            var random = SeededRandom(seed: Self.seed)
            for round in 0..<300 {
                let bytes = round % 4 == 0 ? Self.noise(&random) : Self.spoilt(holder.assertion(), &random)
                let answer = try await house.ask(Self.escaped(bytes))
                #expect([400, 401, 429].contains(answer.status), "\(round): \(answer.status) \(Self.escaped(bytes))")
            }
            #expect(try await house.count("token.used_assertion") == 0)
            #expect(try await house.ask(holder.assertion()).status == 200)
        }
    }

    /// The signature holds, and what it is on is anything: nothing but claims as they must be gets through.
    @Test func `is refused, too, when its client has signed it`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            var random = SeededRandom(seed: Self.seed + 1)
            for round in 0..<150 {
                let header = Self.spoiltJSON(KeyHolder.header(), round % 2 == 0, &random)
                let claims = Self.spoiltJSON(KeyHolder.claims(), round % 2 == 1, &random)
                let unsigned = Base64URL.text(header) + "." + Base64URL.text(claims)
                let assertion = unsigned + "." + Base64URL.text(holder.key.sign(Array(unsigned.utf8)))
                let answer = try await house.ask(assertion)
                // A member may have got a name that nobody reads; what is spoilt is never more than refused.
                #expect([200, 400, 401, 429].contains(answer.status), "\(round): \(answer.status) \(unsigned)")
            }
            #expect(try await house.ask(holder.assertion()).status == 200)
        }
    }

    private static func noise(_ random: inout SeededRandom) -> [UInt8] {
        let alphabet = Array("eyJhbGciOiJFUzI1NiJ9.{}[]\":,\\u0000-_=+/ ".utf8)
        return (0..<Int.random(in: 1...200, using: &random)).map { _ in
            Bool.random(using: &random)
                ? alphabet.randomElement(using: &random) ?? 1 : .random(in: 1...127, using: &random)
        }
    }

    /// One to three characters are others, gone, or there twice.
    private static func spoilt(_ assertion: String, _ random: inout SeededRandom) -> [UInt8] {
        let original = Array(assertion.utf8)
        var bytes = original
        repeat {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = .random(in: 1...127, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(bytes[index], at: index)
                default: bytes.removeSubrange(index...)
                }
                if bytes.isEmpty { bytes = [UInt8(ascii: ".")] }
            }
        } while bytes == original
        return bytes
    }

    private static func spoiltJSON(_ json: JSON, _ isSpoilt: Bool, _ random: inout SeededRandom) -> [UInt8] {
        isSpoilt ? spoilt(json.text, &random) : json.bytes
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
