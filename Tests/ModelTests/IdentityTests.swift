import Foundation
import GatehouseModel
import TestSupport
import Testing

@Suite struct IdentityTests {
    private enum Grant {}

    @Test func `a new id is a UUID of version 7 that says its time`() throws {
        let time = try Timestamp("2022-02-22T19:22:22.000999Z")
        // The example of RFC 9562, appendix A.6.
        let id = ID<Grant>(at: time, random: (0xCC3, 0x18C4_DC0C_0C07_398F << 2))
        #expect(id.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(id.version == 7)
        #expect(try ID<Grant>(id.text) == id)
        #expect(ID<Grant>(at: time, random: (.max, .max)).text == "017f22e2-79b0-7fff-bfff-ffffffffffff")
        #expect(ID<Grant>(at: time, random: (0, 0)).text == "017f22e2-79b0-7000-8000-000000000000")
    }

    @Test func `ids go in the order of their time, as values and as texts`() {
        var random = SeededRandom(seed: 5)
        var last = ID<Grant>(at: Timestamp(seconds: 0), random: (.max, .max))
        for milliseconds in 1..<2_000 {
            let time = Timestamp(microseconds: Int64(milliseconds) * 1000 + Int64.random(in: 0..<1000, using: &random))
            let next = ID<Grant>(at: time, random: (random.next(), random.next()))
            #expect(last < next)
            #expect(last.text < next.text)
            last = next
        }
    }

    @Test func `Foundation writes the same`() throws {
        var random = SeededRandom(seed: 6)
        for _ in 0..<1_000 {
            let id = ID<Grant>(hi: random.next() >> Int.random(in: 0..<64, using: &random), lo: random.next())
            let uuid = try #require(UUID(uuidString: id.text))
            #expect(uuid.uuidString.lowercased() == id.text)
            #expect(try ID<Grant>(uuid.uuidString) == id)
        }
    }

    @Test(arguments: [
        "", "x", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c0739}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4dc0c0c07398ff0",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4-dc0c0c0739８",
        "------------------------------------",
        " 017f22e2-79b0-7cc3-98c4-dc0c0c07398", "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    ])
    func `what is no UUID`(text: String) {
        #expect(throws: Problem(.validation, "must be a UUID")) { try ID<Grant>(text) }
        #expect(throws: Problem.self) { try UserID(text) }
    }

    @Test func `the system user is one word, and has one spelling`() throws {
        #expect(try UserID("system") == .system)
        #expect(UserID(hi: 0, lo: 0).text == "system")
        #expect(UserID.system.isSystem)
        #expect(throws: Problem.self) { try UserID("00000000-0000-0000-0000-000000000000") }
        #expect(throws: Problem.self) { try UserID("System") }
        let user = try UserID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
        #expect(user.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(!user.isSystem)
        #expect(UserID(hi: user.hi, lo: user.lo) == user)
        #expect(UserID.system < user)
    }

    @Test func `client ids are 32 letters and digits, all of them in use`() throws {
        var random = SeededRandom(seed: 7)
        let ids = (0..<500).map { _ in ClientID(random: &random) }
        #expect(Set(ids).count == 500)
        for id in ids { #expect(try ClientID(id.text) == id) }
        #expect(Set(ids.map(\.text).joined()).count == 62)
    }

    @Test(arguments: [
        "", "abc", String(repeating: "a", count: 31), String(repeating: "a", count: 33),
        String(repeating: "a", count: 31) + "-",
        String(repeating: "a", count: 31) + "\n", String(repeating: "é", count: 16),
        String(repeating: "a", count: 31) + "é",
    ])
    func `what is no client id`(text: String) {
        #expect(throws: Problem.self) { try ClientID(text) }
    }
}
